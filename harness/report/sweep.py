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
from harness.report.page.origins import data_of, lead_of
from harness.report.points import load_points
from harness.report.predictions import with_predictions
from harness.report.renderings import RENDERERS
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
    told = Told(points, table, measures, evidence, origins=data_of([folder]))
    write_page(
        folder / PAGE,
        told,
        title=title or f"Sweep {folder.resolve().name}",
        lead=lead_of(told),
        serve=f"esplade serve {shlex.quote(str(folder))}",
    )
    return table
