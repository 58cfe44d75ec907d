"""The report of a sweep: table, figure and page, written beside its points."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ground.artifacts import atomic_text
from harness.report.comparison import build_table, compare_points, default_baseline
from harness.report.figures import draw_figure
from harness.report.html import write_page
from harness.report.points import load_points
from harness.report.renderings import RENDERERS
from harness.report.tables import Table

FORMATS = {"md": "md", "csv": "csv", "json": "json", "latex": "tex"}
"""Format of a rendering and the suffix of its file."""


def write_report(folder: Path, measures: Sequence[str], title: str = "") -> Table:
    """Write ``table.*``, ``figure1.png``, ``figure1.svg`` and ``report.html`` of a sweep.

    Args:
        folder: a finished sweep.
        measures: columns of effectiveness; the first one is drawn.
        title: above the figure.

    Returns:
        The table.
    """
    points = load_points(folder)
    baseline = default_baseline(points)
    comparisons = compare_points(points, measures, baseline) if baseline else []
    table = build_table(points, measures, baseline, comparisons, caption=title)
    for kind, suffix in FORMATS.items():
        with atomic_text(folder / f"table.{suffix}") as stream:
            stream.write(RENDERERS[kind](table))
    draw_figure(points, measures[0], folder / "figure1", title)
    write_page(
        folder / "report.html",
        table,
        points,
        title=title or f"Sweep {folder.name}",
        figure_measures=measures,
        comparisons=comparisons,
    )
    return table
