"""The report of a sweep: table, figure and page, written beside its points."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from harness.artifacts import atomic_text
from harness.report.comparison import build_table, default_baseline
from harness.report.figures import draw_figure
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
    table = build_table(points, measures, default_baseline(points), caption=title)
    for kind, suffix in FORMATS.items():
        with atomic_text(folder / f"table.{suffix}") as stream:
            stream.write(RENDERERS[kind](table))
    draw_figure(points, measures[0], folder / "figure1", title)
    return table
