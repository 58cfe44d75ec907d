"""Running a sweep: every stage leaves a result that is kept when the sweep is started again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ground.artifacts import check_folder
from ground.dry import is_dry, planned
from harness.evaluation import check_depth, check_grades
from harness.sweep.budget_line import sweep_bm25, sweep_bm25_impacts
from harness.sweep.impacts import sweep_system
from harness.sweep.job import Job, Progress, Say, silent
from harness.sweep.settings import SweepSettings, System
from harness.sweep.state import SweepFolder

if TYPE_CHECKING:
    from harness.datasets import Dataset


def prepare_folder(
    out: Path, dataset: Dataset, settings: SweepSettings, overwrite: bool = False
) -> SweepFolder:
    """Open a sweep's folder before anything is written to it.

    Raises:
        InputError: it holds something else, or a sweep of another data set, split or field and
            ``overwrite`` is off; a measure is not known, looks deeper than is searched for, or
            cannot take the grades.
    """
    check_folder(out)
    # What cannot be scored is refused before the hours of encoding, not after them.
    check_depth(settings.measures, settings.k)
    check_grades(settings.measures, dataset.qrels(settings.split))
    subject = {
        "dataset": dataset.name,
        "digest": dataset.digest(),
        "split": settings.split,
        "fields": settings.fields,
    }
    return SweepFolder(out, subject, overwrite)


def run_sweep(
    dataset: Dataset,
    systems: Sequence[System],
    settings: SweepSettings,
    out: Path,
    *,
    say: Say = lambda message: None,
    progress: Progress = silent,
) -> Path:
    """Sweep systems over a grid, next to BM25; finished stages of an earlier try are kept.

    Args:
        dataset: collection, queries and judgments.
        systems: the encoders' vectors.
        settings: see `SweepSettings`.
        out: the sweep's folder.
        say: told about every stage.
        progress: opens a progress bar for the stages that take long.

    Returns:
        ``out``; `harness.report.points.load_points` reads it.

    Raises:
        InputError: unusable vectors or judgments; ``out`` holds something else.
    """
    folder = prepare_folder(out, dataset, settings)
    with folder.claimed():
        names = [system.name for system in systems]
        qrels = dataset.qrels(settings.split)
        job = Job(dataset, settings, folder, qrels, say, progress, systems=names)
        if settings.bm25:
            sweep_bm25(job)
        if settings.bm25_impacts:
            sweep_bm25_impacts(job)
        for system in systems:
            sweep_system(job, system)
        if is_dry():
            counts = {"documents": sum(1 for _ in dataset.docs())}
            planned(counts=counts | {"queries": len(dataset.queries(settings.split))}, writes=out)
    return out
