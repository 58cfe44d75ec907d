"""What both trainings share: arguments of Trainer, running and resuming, the finished folder."""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import Any

import torch
from transformers import PrinterCallback, Trainer, TrainingArguments, set_seed

from encoders.checkpoints.loading import save_encoder
from encoders.model.model import EspladeModel
from encoders.training import processes
from encoders.training.settings import TrainingSettings
from encoders.training.telling import Telling
from encoders.training.tensorboard import tensorboard
from encoders.training.workfolder import Checkpoints, WorkFolder
from ground.artifacts import atomic_folder, output_errors, provenance, write_json
from ground.errors import InputError

_PACKAGES = ("esplade", "torch", "transformers", "tokenizers", "numpy")
_MADE = ("created", "command", "platform")
"""What a training's record keeps of its provenance; versions are in its environment."""
_TORN = "inline_container"
"""What torch names when it could not write all of a file, whatever the reason."""
_STABLE_END = 0.2
"""Share of the steps in which the ``stable`` schedule falls."""


def trainer_arguments(folder: Path, settings: TrainingSettings, **extra: Any) -> TrainingArguments:
    """Translate settings for Trainer; the batch is shared out among the processes.

    Raises:
        InputError: the processes cannot share the batch evenly.
    """
    options: dict[str, Any] = {
        "output_dir": str(folder),
        "max_steps": settings.steps,
        "per_device_train_batch_size": own_batch(settings),
        "learning_rate": settings.lr,
        "warmup_steps": int(settings.warmup * settings.steps),
        **_schedule(settings),
        "weight_decay": settings.weight_decay,
        "max_grad_norm": 1.0,
        "bf16": settings.bf16,
        "use_cpu": processes.on_cpu(),
        "seed": settings.seed,
        "logging_steps": settings.log_every,
        "save_strategy": "steps",
        "save_steps": settings.evaluate_every,
        "eval_strategy": "steps",
        "eval_steps": settings.evaluate_every,
        "dataloader_drop_last": True,
        "remove_unused_columns": False,
        "report_to": "none",
        "dataloader_pin_memory": False,
        # All parameters take part in every step.
        "ddp_find_unused_parameters": False,
        # A bar on a terminal, plain lines elsewhere.
        "disable_tqdm": not sys.stderr.isatty(),
        **extra,
    }
    arguments = TrainingArguments(**options)
    # One process computes on one GPU: several would share a batch out without our gathering.
    arguments._n_gpu = min(1, arguments.n_gpu)
    return arguments


def own_batch(settings: TrainingSettings) -> int:
    """Examples a step of each process.

    Raises:
        InputError: the processes cannot share the batch evenly.
    """
    share, rest = divmod(settings.batch, processes.count())
    if rest or not share:
        raise InputError(
            f"A batch of {settings.batch} cannot be shared evenly by {processes.count()} "
            f"processes. Give --batch a multiple of their number."
        )
    return share


def _schedule(settings: TrainingSettings) -> dict[str, Any]:
    if settings.decay == "stable":
        falling = {"num_decay_steps": int(_STABLE_END * settings.steps)}
        return {"lr_scheduler_type": "warmup_stable_decay", "lr_scheduler_kwargs": falling}
    names = {"constant": "constant_with_warmup", "inverse-sqrt": "inverse_sqrt"}
    return {"lr_scheduler_type": names.get(settings.decay, settings.decay)}


def run(trainer: Trainer, work: WorkFolder, logs: Path | None = None, keep: int = 0) -> None:
    """Train, from the last complete checkpoint when there is one.

    Args:
        trainer: of either training.
        work: where checkpoints go.
        logs: folder for TensorBoard.
        keep: so many of the last checkpoints, until the training is over.
    """
    checkpoints = Checkpoints(work, keep)
    trainer.add_callback(checkpoints)
    if trainer.args.disable_tqdm:
        trainer.remove_callback(PrinterCallback)
        trainer.add_callback(Telling())
    if logs is not None and processes.is_main():
        trainer.add_callback(tensorboard(logs, work.last_step))
    # Processes see different texts, and drop out different numbers.
    set_seed(trainer.args.seed + processes.number())
    with _explained(work.path):
        trainer.train(resume_from_checkpoint=work.last_checkpoint)
        if processes.is_main():
            checkpoints.note_time()
    processes.wait()


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    """Say what is wrong with the place of checkpoints, where libraries have words of their own."""
    with output_errors(folder):
        try:
            yield
        except Exception as error:
            if _TORN in str(error):
                raise InputError(
                    f"A checkpoint in {folder} could not be written whole, most often because the "
                    f"disk is full. Make room there, and give the same command again: it goes on "
                    f"from the last whole one."
                ) from error
            if folder.is_dir():
                raise
            raise InputError(
                f"{folder} has gone while a training wrote its checkpoints there. Give the same "
                f"command again; what was trained since then is lost."
            ) from error


def finish(
    out: Path,
    model: EspladeModel,
    record: Mapping[str, Any],
    history: list[Any],
    *,
    half: bool,
    int8: bool = False,
) -> None:
    """Write the finished encoder's folder: model, ``training.json``, ``log.jsonl``.

    The last line of a Trainer's history is left out: its mean and its time are of the part since
    the last kill alone. ``training.json`` has the time of all parts.

    Of several processes one writes; the others return when it has.
    """
    if processes.is_main():
        with atomic_folder(out) as folder:
            save_encoder(model, folder, half=half, int8=int8)
            made = {name: value for name, value in provenance().items() if name in _MADE}
            found = {"environment": environment(), "made": made}
            write_json(folder / "training.json", {**record, **found})
            with (folder / "log.jsonl").open("w", encoding="utf-8", newline="\n") as stream:
                lines = (line for line in history if "train_runtime" not in line)
                stream.writelines(json.dumps(line, sort_keys=True) + "\n" for line in lines)
    processes.wait()


def environment() -> dict[str, Any]:
    """Versions of what a training depends on."""
    found: dict[str, Any] = {
        "python": platform.python_version(),
        "threads": torch.get_num_threads(),
        "processes": processes.count(),
        "device": processes.kind(),
    }
    for name in _PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found
