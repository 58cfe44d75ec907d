"""Where an unfinished training lives: its settings, its checkpoints, and the time it took so far.

A training may be killed at any moment, in the middle of writing a checkpoint too. So a checkpoint
counts only once a mark is in it, which is written last.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from encoders import processes
from encoders.errors import EncoderInputError
from encoders.files import write_json

_SETTINGS = "settings.json"
_CLOCK = "seconds.json"
_COMPLETE = "COMPLETE"
_PREFIX = "checkpoint-"


@dataclass(frozen=True)
class WorkFolder:
    """The folder beside a training's output folder that holds its checkpoints."""

    path: Path

    @classmethod
    def open(cls, out: Path, settings: Mapping[str, Any]) -> WorkFolder:
        """Open the work folder of ``out``, new or from a killed training with equal settings.

        Every process must call it.

        Raises:
            EncoderInputError: it belongs to a training with other settings, or to one of another
                number of processes.
        """
        path = out.absolute().with_name(f"{out.name}.unfinished")
        wanted = json.loads(json.dumps({**settings, "processes": processes.count()}))
        _check_settings(path, wanted)
        processes.wait()
        if processes.is_main():
            path.mkdir(parents=True, exist_ok=True)
            write_json(path / _SETTINGS, wanted)
            for checkpoint in _checkpoints(path):
                if not (checkpoint / _COMPLETE).is_file():
                    shutil.rmtree(checkpoint)
        processes.wait()
        return cls(path)

    @property
    def last_checkpoint(self) -> str | None:
        """The newest complete checkpoint, if any."""
        found = [one for one in _checkpoints(self.path) if (one / _COMPLETE).is_file()]
        return str(found[-1]) if found else None

    @property
    def last_step(self) -> int:
        """Steps done at the newest complete checkpoint, or 0."""
        return _step(Path(self.last_checkpoint)) if self.last_checkpoint else 0

    @property
    def seconds(self) -> float:
        """Wall time that went into this training, up to the last checkpoint or the end."""
        try:
            return float(json.loads((self.path / _CLOCK).read_text())["seconds"])
        except (OSError, ValueError, KeyError):
            return 0.0

    @contextmanager
    def preparing(self) -> Iterator[None]:
        """While nothing is trained yet: where the input is refused, no folder is left."""
        try:
            yield
        except ValueError:  # what the errors of the user's mistakes are
            if processes.is_main() and self.last_checkpoint is None:
                shutil.rmtree(self.path, ignore_errors=True)
            raise

    def remove(self) -> None:
        """Remove what is left of a finished training."""
        processes.wait()
        if processes.is_main():
            shutil.rmtree(self.path, ignore_errors=True)


@dataclass
class Checkpoints(TrainerCallback):
    """Marks checkpoints as complete, keeps the newest and the best, and notes the time.

    A line of the log is written with each, so that the means in the log of a resumed training are
    over the same steps as without a kill.
    """

    work: WorkFolder
    began: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.before = self.work.seconds

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        """Log where a checkpoint is due."""
        if control.should_save:
            control.should_log = True

    def on_save(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        """Mark the checkpoint, then remove older ones."""
        processes.wait()
        if not processes.is_main():
            return
        self.note_time()
        newest = self.work.path / f"{_PREFIX}{state.global_step}"
        (newest / _COMPLETE).touch()
        kept = {newest, Path(state.best_model_checkpoint or newest)}
        for checkpoint in _checkpoints(self.work.path):
            if checkpoint not in kept:
                (checkpoint / _COMPLETE).unlink(missing_ok=True)
                shutil.rmtree(checkpoint, ignore_errors=True)

    def note_time(self) -> None:
        """Write down the time spent so far, over all resumed parts."""
        spent = self.before + time.monotonic() - self.began
        write_json(self.work.path / _CLOCK, {"seconds": spent})


def _check_settings(path: Path, wanted: Mapping[str, Any]) -> None:
    if not (path / _SETTINGS).is_file():
        return
    found = json.loads((path / _SETTINGS).read_text(encoding="utf-8"))
    differing = sorted(k for k in {*found, *wanted} if found.get(k) != wanted.get(k))
    if differing:
        raise EncoderInputError(
            f"{path} holds an unfinished training with other settings ({', '.join(differing)}). "
            f"Remove that folder to start anew, or go on with the settings in {path / _SETTINGS}."
        )


def _checkpoints(path: Path) -> list[Path]:
    found = [one for one in path.glob(f"{_PREFIX}*") if one.name[len(_PREFIX) :].isdigit()]
    return sorted(found, key=_step)


def _step(checkpoint: Path) -> int:
    return int(checkpoint.name[len(_PREFIX) :])
