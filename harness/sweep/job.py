"""What every point of a sweep has in common: how it is searched, scored, kept and announced."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ground.artifacts import read_manifest
from ground.dry import is_dry
from harness.retrieval.outcome import Outcome
from harness.retrieval.selfless import DROPPED, without_self
from harness.sweep.grid import Pruning
from harness.sweep.naming import system_folders
from harness.sweep.point import read_facts, write_point
from harness.sweep.settings import SweepSettings
from harness.sweep.state import POINT, SweepFolder

if TYPE_CHECKING:
    import pandas as pd

    from harness.datasets import Dataset

Say = Callable[[str], None]
Progress = Callable[[str, int | None], AbstractContextManager[Callable[[int], None]]]
"""Given a few words and a number of steps, a context that yields what to call after steps."""


def silent(what: str, total: int | None) -> AbstractContextManager[Callable[[int], None]]:
    """No progress bar."""
    return nullcontext(lambda steps: None)


class Job:
    """A sweep that is being made: its folder, and what all of its points share.

    Attributes:
        indexes: folder of its indexes; sweeps of the same vectors may share one.
    """

    def __init__(
        self,
        dataset: Dataset,
        settings: SweepSettings,
        folder: SweepFolder,
        qrels: pd.DataFrame,
        say: Say,
        progress: Progress,
        indexes: Path | None = None,
        systems: Sequence[str] = (),
    ) -> None:
        self.dataset = dataset
        self.settings = settings
        self.folder = folder
        self.qrels = qrels
        self.indexes = indexes or folder.path / "indexes"
        self._folders = system_folders(systems)
        self.say = say
        self.progress = progress
        collection = {"name": dataset.name, "split": settings.split}
        digest = folder.subject.get("digest")
        self.data = {"test collection": {**collection, **({"digest": digest} if digest else {})}}

    def folder_of(self, system: str) -> str:
        """How the folders of a system are called."""
        return self._folders.get(system) or system_folders([system])[system]

    def search_options(self) -> dict[str, int]:
        """How every index is searched; one result more where one may be dropped."""
        settings = self.settings
        return {
            "k": settings.k + settings.drop_self,
            "threads": settings.threads,
            "repeats": settings.repeats,
        }

    def common(self) -> dict[str, Any]:
        """What every point's outcome depends on beside its own inputs."""
        return {
            # Only where it is on, so that the keys of what is there stay.
            **({"drop_self": True} if self.settings.drop_self else {}),
            "k": self.settings.k,
            "measures": self.settings.measures,
            "algorithm": self.settings.algorithm,
            "repeats": self.settings.repeats,
            "subject": self.folder.subject,
        }

    def write(
        self, name: str, key: str, outcome: Outcome, method: dict[str, Any], replace: bool
    ) -> None:
        """Score an outcome and leave it as a point's folder."""
        folder = self.folder.path / "points" / name
        measures = self.settings.measures
        if self.settings.drop_self:
            run, dropped = without_self(outcome.run, self.settings.k)
            outcome = dataclasses.replace(outcome, run=run)
            method = {**method, "drop_self": True, "dropped": dropped}
        write_point(folder, key, outcome, self.qrels, measures, method, self.data, replace)

    def point(
        self,
        name: str,
        key: str,
        build: Callable[[bool], None],
        system: str,
        at: Pruning | None,
        made: Sequence[str | None],
        sources: Mapping[str, Path],
    ) -> None:
        """Make a point unless it is there, and add it to the sweep.

        Args:
            name: of the point, and of its folder.
            key: digest of all that it depends on.
            build: makes its folder; called with whether one of other inputs is there.
            system: that it belongs to.
            at: its pruning; None for BM25.
            made: what is to be said of what it was made of.
            sources: the index that was searched, and the vectors that it comes from.
        """
        folder = self.folder.path / "points" / name
        self.folder.stage(folder, POINT, key, build, self.say)
        if is_dry():
            return
        facts = {**read_facts(folder), "made": [note for note in made if note]}
        if self.settings.drop_self:
            facts["made"].append(DROPPED)
        for note in facts["notes"]:
            self.say(f"{name}: {note}")
        self.folder.add(
            {
                "name": name,
                "system": system,
                "qk": at.query.k if at else None,
                "dk": at.document.k if at else None,
                "pruning": str(at) if at else None,
                "path": str(folder.relative_to(self.folder.path)),
                "sources": self._seen(sources),
                "facts": facts,
                "created": read_manifest(folder, POINT)["created"],
            }
        )

    def _seen(self, sources: Mapping[str, Path]) -> dict[str, str]:
        """Paths as they are seen from the sweep's folder, so that they move with it."""
        return {what: os.path.relpath(path, self.folder.path) for what, path in sources.items()}
