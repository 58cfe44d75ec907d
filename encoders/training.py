"""What both trainings share: Trainer settings, resuming, the loss history, the finished folder."""

from __future__ import annotations

import json
import math
import platform
import shutil
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import Dataset
from transformers import Trainer, TrainingArguments, set_seed
from transformers.trainer_utils import get_last_checkpoint

from encoders.checkpoints import save_encoder
from encoders.errors import EncoderInputError, TrainingStopped
from encoders.files import atomic_folder, write_json
from encoders.model import EspladeModel

_SETTINGS = "settings.json"
_CLOCK = "seconds.json"
_PACKAGES = ("esplade", "torch", "transformers", "tokenizers", "numpy")


class Indices(Dataset[dict[str, int]]):
    """The numbers 0..n-1: examples stay in the collator's arrays, batches carry numbers."""

    def __init__(self, size: int) -> None:
        self.size = size

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, index: int) -> dict[str, int]:
        return {"index": int(index)}


@dataclass(frozen=True)
class WorkFolder:
    """Where an unfinished training keeps its checkpoints: beside its output folder."""

    path: Path

    @classmethod
    def open(cls, out: Path, settings: Mapping[str, Any]) -> WorkFolder:
        """Open the work folder of ``out``, new or from a killed training with equal settings.

        Raises:
            EncoderInputError: it belongs to a training with other settings.
        """
        path = out.with_name(f"{out.name}.unfinished")
        wanted = json.loads(json.dumps(dict(settings)))
        if (path / _SETTINGS).is_file():
            found = json.loads((path / _SETTINGS).read_text(encoding="utf-8"))
            differing = sorted(k for k in {*found, *wanted} if found.get(k) != wanted.get(k))
            if differing:
                raise EncoderInputError(
                    f"{path} holds an unfinished training with other settings "
                    f"({', '.join(differing)}). Remove that folder to start anew, or go on with "
                    f"the settings in {path / _SETTINGS}."
                )
        path.mkdir(parents=True, exist_ok=True)
        write_json(path / _SETTINGS, wanted)
        return cls(path)

    @property
    def last_checkpoint(self) -> str | None:
        """The newest checkpoint, if any."""
        found: str | None = get_last_checkpoint(  # type: ignore[no-untyped-call]
            str(self.path)
        )
        return found

    @contextmanager
    def clock(self) -> Iterator[None]:
        """Add the time spent in the block to the total over all resumed parts."""
        began = time.monotonic()
        try:
            yield
        finally:
            write_json(self.path / _CLOCK, {"seconds": self.seconds + time.monotonic() - began})

    @property
    def seconds(self) -> float:
        """Wall time spent on this training so far."""
        try:
            return float(json.loads((self.path / _CLOCK).read_text())["seconds"])
        except (OSError, ValueError, KeyError):
            return 0.0

    def remove(self) -> None:
        """Remove the checkpoints of a finished training."""
        shutil.rmtree(self.path, ignore_errors=True)


class EncoderTrainer(Trainer):
    """A Trainer that averages what a step reports, and stops when a loss is no number."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._sums: dict[str, float] = {}
        self._steps = 0

    def report(self, loss: Tensor, **values: float) -> None:
        """Collect a step's values; their means go into the next line of the log.

        Raises:
            TrainingStopped: the loss is not finite.
        """
        if not math.isfinite(float(loss.detach())):
            raise TrainingStopped(
                f"The loss became {float(loss.detach())} at step {self.state.global_step}. "
                f"Train again with a lower learning rate or a longer warm-up."
            )
        self._steps += 1
        for name, value in values.items():
            self._sums[name] = self._sums.get(name, 0.0) + value

    def log(self, logs: dict[str, float], *args: Any, **kwargs: Any) -> None:
        """Add the collected means to a line of the loss history."""
        if "loss" in logs and self._steps:
            logs.update({name: value / self._steps for name, value in self._sums.items()})
            self._sums, self._steps = {}, 0
        super().log(logs, *args, **kwargs)


def trainer_arguments(folder: Path, settings: Any, **extra: Any) -> TrainingArguments:
    """Translate settings (``steps``, ``batch``, ``lr``, ...) for Trainer.

    Warm-up is a share of the steps; the learning rate then decays linearly to 0.
    """
    options: dict[str, Any] = {
        "output_dir": str(folder),
        "max_steps": settings.steps,
        "per_device_train_batch_size": settings.batch,
        "learning_rate": settings.lr,
        "warmup_steps": int(settings.warmup * settings.steps),
        "lr_scheduler_type": settings.decay,
        "weight_decay": settings.weight_decay,
        "max_grad_norm": 1.0,
        "seed": settings.seed,
        "logging_steps": settings.log_every,
        "save_strategy": "steps",
        "save_steps": settings.evaluate_every,
        "eval_strategy": "steps",
        "eval_steps": settings.evaluate_every,
        "save_total_limit": 2,
        "dataloader_drop_last": True,
        "remove_unused_columns": False,
        "report_to": "none",
        "dataloader_pin_memory": False,
        # A bar on a terminal, plain lines elsewhere.
        "disable_tqdm": not sys.stderr.isatty(),
        **extra,
    }
    return TrainingArguments(**options)


def run(trainer: Trainer, work: WorkFolder) -> None:
    """Train, from the last checkpoint when there is one."""
    set_seed(trainer.args.seed)
    with work.clock():
        trainer.train(resume_from_checkpoint=work.last_checkpoint)


def finish(
    out: Path, model: EspladeModel, record: Mapping[str, Any], history: list[Any], *, half: bool
) -> None:
    """Write the finished encoder's folder: model, ``training.json``, ``log.jsonl``."""
    with atomic_folder(out) as folder:
        save_encoder(model, folder, half=half)
        write_json(folder / "training.json", {**record, "environment": environment()})
        with (folder / "log.jsonl").open("w", encoding="utf-8", newline="\n") as stream:
            stream.writelines(json.dumps(line) + "\n" for line in history)


def environment() -> dict[str, Any]:
    """Versions of what a training depends on."""
    found: dict[str, Any] = {
        "python": platform.python_version(),
        "threads": torch.get_num_threads(),
    }
    for name in _PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found
