"""One result on disk, as a list shows it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

KINDS = ("sweep", "choice", "study", "recipe", "encoder", "vectors", "index", "run", "dataset")
"""What there is to find."""
FINISHED, UNFINISHED, BUSY = "finished", "unfinished", "being made"


@dataclass(frozen=True)
class Result:
    """A result of esplade's: a folder, or a run with what lies beside it.

    Attributes:
        kind: one of `KINDS`; of what a killed command left, that of what it was to be, or "" where
            nothing says it.
        path: where it is, or is going to be.
        state: ``finished``, ``unfinished`` or ``being made`` (by a living process).
        created: when, as ISO 8601 in UTC; of what has no record of it the time of the last change.
        dataset: name of the test collection, where that is known.
        split: whose queries.
        systems: names of encoders and systems.
        files: what it consists of: files and folders.
        resume: what to type so that unfinished work goes on; None where nothing is to be done, or
            nothing says what.

    Example:
        >>> import esplade
        >>> vectors = esplade.Vectors.from_dicts({"d1": {"sort": 2.0}})
        >>> index = esplade.index(vectors, "found/index")
        >>> [(one.kind, one.state, str(one.path)) for one in esplade.find_results("found")]
        [('index', 'finished', 'found/index')]
    """

    kind: str
    path: Path
    state: str
    created: str
    dataset: str | None = None
    split: str | None = None
    systems: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()
    resume: str | None = None

    @property
    def bytes(self) -> int:
        """Size on disk of all that belongs to it."""
        return sum(_size(file) for file in self.files)

    def to_dict(self) -> dict[str, Any]:
        """As plain values."""
        return {
            "kind": self.kind,
            "path": str(self.path),
            "state": self.state,
            "created": self.created,
            "dataset": self.dataset,
            "split": self.split,
            "systems": list(self.systems),
            "bytes": self.bytes,
            "resume": self.resume,
        }


def _size(path: Path) -> int:
    """Bytes of a file or of what is in a folder; of links nothing."""
    try:
        if path.is_symlink():
            return 0
        if path.is_dir():
            return sum(_size(inner) for inner in path.iterdir())
        return path.stat().st_size
    except OSError:
        return 0
