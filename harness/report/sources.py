"""What may be compared: run files, runs in memory, folders of sweeps and of studies."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.report.points import SWEEP_FILE, Point, load_points
from harness.report.study_points import STUDY_FILE, load_study_points
from harness.runs.runfile import Run

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class HeldRun:
    """A run in memory.

    Attributes:
        name: what the table calls it.
        run: the results.
        costs: per query: columns query, measure, value.
        facts: of the index and the search, as a run's metadata have them.
        method: how it was retrieved, as a run's metadata have it.
        data: what it was searched in, as a run's metadata have it.
    """

    name: str
    run: Run
    costs: pd.DataFrame
    facts: Mapping[str, Any]
    method: Mapping[str, Any]
    data: Mapping[str, Any] = field(default_factory=dict)


Source = Path | HeldRun
Sourced = tuple[Source, Point]
"""A point and the folder, run file or run that it comes from."""


def is_folder(source: Source) -> bool:
    """Whether values are stored there: of a sweep or of a study."""
    return isinstance(source, Path) and source.is_dir()


def is_study(folder: Path) -> bool:
    """Whether a folder holds a study or its results, and no sweep."""
    if os.path.lexists(folder / SWEEP_FILE):
        return False
    return any((place / STUDY_FILE).exists() for place in (folder / "results", folder))


def load_folder(folder: Path) -> list[Point]:
    """The points of a sweep or of a study.

    Raises:
        InputError: the folder holds neither, or a file of it is damaged.
    """
    return load_study_points(folder) if is_study(folder) else load_points(folder)


def named(source: Source) -> str:
    """What messages call a source."""
    return f"the run {source.name}" if isinstance(source, HeldRun) else str(source)
