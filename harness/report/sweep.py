"""The report of a sweep: table, figure and page, written beside its points."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ground.artifacts import atomic_text
from harness.report.comparison import build_table, compare_points, default_baseline
from harness.report.figures import draw_figure
from harness.report.page import Told, write_page
from harness.report.page.origins import data_of
from harness.report.points import Point, load_points
from harness.report.predictions import with_predictions
from harness.report.renderings import RENDERERS
from harness.report.subjects import subject_of_sweep
from harness.report.tables import Table

if TYPE_CHECKING:
    from harness.calibration.model import Calibration

FORMATS = {"md": "md", "csv": "csv", "json": "json", "latex": "tex"}
"""Format of a rendering and the suffix of its file."""


PAGE = "report.html"


def evidence_folder(page: Path) -> Path:
    """Where what stands behind a page's numbers lies: beside it."""
    return page.with_name(f"{page.stem}.data")


def write_report(
    folder: Path,
    measures: Sequence[str],
    title: str = "",
    calibration: Calibration | None = None,
    evidence: Path | None = None,
) -> Table:
    """Write ``table.*``, ``figure1.png``, ``figure1.svg`` and ``report.html`` of a sweep.

    Args:
        folder: a finished sweep.
        measures: columns of effectiveness; the first one is drawn.
        title: above the figure.
        calibration: of the machine whose times are predicted beside the measured ones.
        evidence: folder of what stands behind the numbers; see `harness.evidence`.

    Returns:
        The table.
    """
    points = with_predictions(load_points(folder), calibration)
    baseline = default_baseline(points)
    comparisons = compare_points(points, measures, baseline) if baseline else []
    table = build_table(points, measures, baseline, comparisons, caption=title)
    for kind, suffix in FORMATS.items():
        with atomic_text(folder / f"table.{suffix}") as stream:
            stream.write(RENDERERS[kind](table))
    draw_figure(points, measures[0], folder / "figure1", title)
    write_page(
        folder / PAGE,
        Told(points, table, measures, evidence, origins=data_of([folder])),
        title=title or f"Sweep {folder.resolve().name}",
        lead=_lead(folder, points),
        serve=f"esplade serve {shlex.quote(str(folder))}",
    )
    return table


def _lead(folder: Path, points: Sequence[Point]) -> str:
    """What the numbers are of."""
    subject = subject_of_sweep(folder)
    queries = {str(query) for point in points for query in point.values["query"].unique()}
    said = f"{len(queries):,} queries"
    return said if subject is None else f"{subject.name}, split {subject.split}: {said}."
