"""The folder of a sweep: which points it has, and stages that are finished or absent.

::

    OUT/sweep.json                     what is swept, and the points that are finished
    OUT/vectors/<system>/{docs,queries}
    OUT/indexes/<system>/dk<N>, OUT/indexes/bm25
    OUT/points/<name>/{run.trec, run.trec.metadata.yaml, perquery.parquet, facts.json}
    OUT/table.{md,csv,json,tex}, OUT/figure1.{png,svg}, OUT/report.html
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from ground.artifacts import is_complete, write_json
from ground.artifacts.claims import claimed
from ground.artifacts.leaving import clear
from ground.dry import KEPT, TO_DO, is_dry, note
from ground.errors import InputError
from ground.reading import json_document

SWEEP_FILE = "sweep.json"
POINT = "sweep point"


class SweepFolder:
    """A sweep's output folder; opening it refuses whatever is not this sweep.

    Args:
        path: the folder.
        subject: what is swept (data set, split, fields); points of different subjects must
            never stand in one table.
        overwrite: start again where the folder holds a sweep of another subject.

    Raises:
        InputError: the folder holds other files, or a sweep of another subject.
    """

    def __init__(self, path: Path, subject: Mapping[str, Any], overwrite: bool = False) -> None:
        self.path = path
        self.subject = dict(subject)
        self.emptied = False
        self.points: list[dict[str, Any]] = []
        if is_dry():
            self._open(overwrite)
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.claimed():
            self._open(overwrite)

    def claimed(self) -> AbstractContextManager[None]:
        """Keep other processes from the folder while a block runs.

        Raises:
            InputError: one of them has it.
        """
        if is_dry():
            return nullcontext()
        return claimed(self.path, self.path.with_name(f".{self.path.name}.partial-lock"))

    def _open(self, overwrite: bool) -> None:
        file = self.path / SWEEP_FILE
        if file.exists():
            found = json_document(file).get("subject")
            if found == self.subject:
                return
            if not overwrite:
                raise InputError(
                    f"{self.path} holds a sweep of {_differences(found, self.subject)}. Choose "
                    f"another --out, or add --overwrite to replace that sweep."
                )
            self.emptied = True
            if not is_dry():
                _empty(self.path)
        elif self.path.exists() and not _is_free(self.path):
            raise InputError(
                f"{self.path} holds files that are not a sweep's; they are left alone. "
                f"Choose another --out."
            )
        if is_dry():
            return
        self.path.mkdir(parents=True, exist_ok=True)
        self.save()

    def stage(
        self, folder: Path, kind: str, key: str, build: Callable[[bool], object], say: Say
    ) -> bool:
        """Run a stage unless its finished result with the same key is there.

        Args:
            folder: where the result goes.
            kind: kind of the result.
            key: digest of inputs and settings.
            build: builds it; called with ``overwrite``, true if a result with other inputs or
                settings is there.
            say: told whether the stage ran or was kept.

        Returns:
            Whether the stage ran.
        """
        name = os.path.relpath(folder, self.path)
        if is_dry():
            there = is_complete(folder, kind, key) and not self.emptied
            note(step=(name, KEPT if there else TO_DO))
            return not there
        if is_complete(folder, kind, key):
            clear(folder)
            say(f"{name}: kept")
            return False
        build(is_complete(folder, kind))
        say(f"{name}: done")
        return True

    def add(self, point: dict[str, Any]) -> None:
        """Record a finished point."""
        self.points.append(point)
        self.save()

    def save(self) -> None:
        """Write the list of points."""
        write_json(
            self.path / SWEEP_FILE, {"schema": 1, "subject": self.subject, "points": self.points}
        )


Say = Callable[[str], None]


def _is_free(folder: Path) -> bool:
    """Whether nothing is in a folder but what a process left that was killed as it began."""
    begun = f".{SWEEP_FILE}.partial-"
    return folder.is_dir() and all(entry.name.startswith(begun) for entry in folder.iterdir())


def _empty(folder: Path) -> None:
    """Remove a sweep: its file last, by which the rest of a killed removal is known to be ours."""
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name == SWEEP_FILE):
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def _differences(found: Any, wanted: Mapping[str, Any]) -> str:
    if not isinstance(found, dict):
        return "something unknown"
    changed = [k for k in {**found, **wanted} if found.get(k) != wanted.get(k)]
    shown = (f"{k} {str(found.get(k))[:20]!r}, not {str(wanted.get(k))[:20]!r}" for k in changed)
    return "; ".join(shown)
