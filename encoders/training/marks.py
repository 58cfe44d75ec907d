"""Checkpoints of a training, and the mark of the complete ones: the sizes of all their files."""

from __future__ import annotations

import json
from pathlib import Path

from ground.artifacts import sync, write_json

COMPLETE = "COMPLETE"
PREFIX = "checkpoint-"


def mark_complete(checkpoint: Path) -> None:
    """Sync what is in a checkpoint, then say that it is all."""
    files = [file for file in checkpoint.rglob("*") if file.is_file()]
    for file in files:
        sync(file)
    sizes = {file.relative_to(checkpoint).as_posix(): file.stat().st_size for file in files}
    write_json(checkpoint / COMPLETE, {"bytes": sizes})


def is_complete(checkpoint: Path) -> bool:
    """Whether all that was written of a checkpoint is there."""
    try:
        sizes = json.loads((checkpoint / COMPLETE).read_text(encoding="utf-8"))["bytes"]
        return all((checkpoint / name).stat().st_size == size for name, size in sizes.items())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def is_usable(checkpoint: Path) -> bool:
    """Whether a checkpoint is complete, and so is the one that was the best until then."""
    if not is_complete(checkpoint):
        return False
    try:
        text = (checkpoint / "trainer_state.json").read_text(encoding="utf-8")
        best = json.loads(text).get("best_model_checkpoint")
    except (OSError, ValueError, AttributeError):
        return False
    return best is None or is_complete(Path(best))


def checkpoints(path: Path) -> list[Path]:
    """Checkpoints in a folder, complete or not, by their steps."""
    found = [one for one in path.glob(f"{PREFIX}*") if one.name[len(PREFIX) :].isdigit()]
    return sorted(found, key=step_of)


def step_of(checkpoint: Path) -> int:
    """Steps done at a checkpoint."""
    return int(checkpoint.name[len(PREFIX) :])
