"""Where an unfinished training lives: its settings, its checkpoints, and the time it took so far.

A training may be killed at any moment, in the middle of writing a checkpoint too. So a checkpoint
counts only once a mark is in it, which is written last and says how large every file is.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from encoders.training import processes
from encoders.training.marks import (
    COMPLETE,
    PREFIX,
    checkpoints,
    is_complete,
    is_usable,
    mark_complete,
    step_of,
)
from encoders.training.unfinished import (
    SETTINGS,
    check_settings,
    check_unfinished,
    unfinished_folder,
    wanted_settings,
)
from ground.artifacts import note_begun, write_json
from ground.artifacts.begun import BEGUN
from ground.dry import GOES_ON, TO_DO, is_dry, note, refuse
from ground.errors import InputError

_CLOCK = "seconds.json"
_LOCK = "LOCK"


@dataclass(frozen=True)
class WorkFolder:
    """The folder beside a training's output folder that holds its checkpoints.

    Attributes:
        path: the folder.
        lock: an open file that keeps other processes out until this one ends, however it ends.
    """

    path: Path
    lock: int | None = None

    @staticmethod
    def check(out: Path, settings: Mapping[str, Any]) -> None:
        """Refuse a training that cannot go on, before any work; nothing is written.

        Raises:
            InputError: the work folder of ``out`` belongs to a training with other
                settings, or to one of another number of processes.
        """
        check_unfinished(out, settings)

    @staticmethod
    def note(out: Path, steps: int) -> None:
        """Say in a dry run which training it would be."""
        found = [one for one in checkpoints(unfinished_folder(out)) if is_usable(one)]
        done = step_of(found[-1]) if found else 0
        state = GOES_ON if done else TO_DO
        note(step=(f"training {out}, {steps:,} steps" + f", {done:,} done" * bool(done), state))
        note(counts={"trainings": 1, "steps": steps - done}, writes=out)

    @classmethod
    def open(cls, out: Path, settings: Mapping[str, Any]) -> WorkFolder:
        """Open the work folder of ``out``, new or from a killed training with equal settings.

        Every process must call it.

        Raises:
            InputError: as `check`; or another process is training there.
        """
        path, wanted = unfinished_folder(out), wanted_settings(settings)
        check_settings(path, wanted)
        refuse(path)
        processes.wait()
        lock = None
        if processes.is_main():
            path.mkdir(parents=True, exist_ok=True)
            lock = _locked(path)
            # Without its settings a folder is one that was being removed.
            known = (path / SETTINGS).is_file()
            write_json(path / SETTINGS, wanted)
            note_begun(path)
            for checkpoint in checkpoints(path):
                if not (known and is_complete(checkpoint)):
                    shutil.rmtree(checkpoint)
        processes.wait()
        return cls(path, lock)

    @property
    def last_checkpoint(self) -> str | None:
        """The newest checkpoint from which a training can go on, if any."""
        found = [one for one in checkpoints(self.path) if is_usable(one)]
        return str(found[-1]) if found else None

    @property
    def last_step(self) -> int:
        """Steps done at the newest complete checkpoint, or 0."""
        return step_of(Path(self.last_checkpoint)) if self.last_checkpoint else 0

    @property
    def seconds(self) -> float:
        """Wall time that went into this training, up to the last checkpoint or the end."""
        try:
            return float(json.loads((self.path / _CLOCK).read_text())["seconds"])
        except (OSError, ValueError, KeyError, TypeError):
            return 0.0

    def remove(self) -> None:
        """Remove what is left of a finished training."""
        processes.wait()
        if processes.is_main():
            _remove(self.path)
            if self.lock is not None:
                os.close(self.lock)


def clear_finished(out: Path) -> None:
    """Remove the work folder of a training that was killed after its encoder was in its place."""
    path = unfinished_folder(out)
    if is_dry():
        return
    if _is_remnant(path):
        _remove(path)
        return
    try:
        done = json.loads((out / "training.json").read_text(encoding="utf-8"))
        unfinished = json.loads((path / SETTINGS).read_text(encoding="utf-8"))
        of_done = {**done["settings"], **done["sources"]}
    except (OSError, ValueError, KeyError, TypeError):
        return
    if {**of_done, "processes": unfinished.get("processes")} == unfinished:
        _remove(path)


@dataclass
class Checkpoints(TrainerCallback):
    """Marks checkpoints as complete, keeps the newest ones and the best, and notes the time.

    A line of the log is written with each, so that the means in the log of a resumed training are
    over the same steps as without a kill.
    """

    work: WorkFolder
    keep: int = 1
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
        newest = self.work.path / f"{PREFIX}{state.global_step}"
        mark_complete(newest)
        found = checkpoints(self.work.path)
        kept = {Path(state.best_model_checkpoint or newest), *found[-max(1, self.keep) :]}
        for checkpoint in found:
            if checkpoint not in kept:
                (checkpoint / COMPLETE).unlink(missing_ok=True)
                shutil.rmtree(checkpoint, ignore_errors=True)

    def note_time(self) -> None:
        """Write down the time spent so far, over all resumed parts."""
        spent = self.before + time.monotonic() - self.began
        write_json(self.work.path / _CLOCK, {"seconds": spent})


def _is_remnant(path: Path) -> bool:
    """Whether a folder is what is left of one that was being removed, settings first."""
    if not path.is_dir() or (path / SETTINGS).exists():
        return False
    ours = {_CLOCK, _LOCK, BEGUN, *(checkpoint.name for checkpoint in checkpoints(path))}
    if not {entry.name for entry in path.iterdir()} <= ours:
        return False
    try:
        os.close(_locked(path))
    except InputError:  # a training that is just beginning
        return False
    return True


def _locked(path: Path) -> int:
    """Keep other processes from a work folder for as long as this one lives.

    The lock is the process's, so that one whose training failed can train there again.
    """
    handle = os.open(path / _LOCK, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        os.close(handle)
        raise InputError(
            f"Another process is training in {path}. Wait until it has ended, or choose another "
            f"output folder."
        ) from None
    except OSError:
        pass  # a file system without locks
    return handle


def _remove(path: Path) -> None:
    # Settings first: a checkpoint without them is never gone on from.
    (path / SETTINGS).unlink(missing_ok=True)
    shutil.rmtree(path, ignore_errors=True)
