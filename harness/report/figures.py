"""The paper's Figure 1: effectiveness against cost, a line an encoder, a point a pruning."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ground.errors import InputError
from harness.report.cost_axis import label_cost_axis
from harness.report.drawing import NARROW, WIDTH, style, svg_element, write_pictures
from harness.report.points import Point
from harness.runs.perquery import POSTINGS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito's palette, without yellow (too light on white) and black (for BM25).
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
_MARKERS = "osD^vP"
_DASHES = ("-", "--", ":", "-.")
_BUDGET = "#444444"
_LOG_RANGE = 20
_FLAT, _TALL = 4.4 / 7.2, 0.75
"""Height by width, the legend below a narrow figure apart."""
_SMALLEST = 7
"""Points."""
_LINE = 0.16
"""Inches of a line of the legend below."""
_TWO_COLUMNS = 18
"""Characters of a system's name, of which two stand beside each other below."""
_AT_THE_POINTS = "qk:dk at the points"

Place = tuple[float, float, Point]


def draw_figure(
    points: Sequence[Point],
    measure: str,
    out_stem: Path,
    title: str = "",
    *,
    kinds: Sequence[str] = ("png", "svg"),
    width: float = WIDTH,
) -> list[Path]:
    """Draw effectiveness (y) against the mean number of postings per query (x).

    The x axis is logarithmic when the largest cost is more than 20 times the smallest. BM25
    is a star, with dashed lines at its effectiveness and its cost: the budget. The files are
    the same, byte by byte, for the same points and version of matplotlib.

    Args:
        points: those without costs or without the measure are left out.
        measure: name of the measure on the y axis.
        out_stem: path without extension.
        title: above the figure; empty for none.
        kinds: of files: png, svg, pdf.
        width: in inches; in narrow figures nothing is smaller than 7 points.

    Returns:
        The paths, one a kind.

    Raises:
        InputError: no point has both the measure and a cost.
    """
    with style(width):
        return write_pictures(_draw(points, measure, title, width), out_stem, kinds)


def make_figure(
    points: Sequence[Point], measure: str, title: str = "", width: float = WIDTH
) -> Figure:
    """The same figure as matplotlib's object, for a notebook.

    Raises:
        InputError: no point has both the measure and a cost.
    """
    with style(width):
        return _draw(points, measure, title, width)


def svg_text(points: Sequence[Point], measure: str, title: str = "") -> str:
    """The same figure as an SVG element, to be put into a page."""
    with style():
        return svg_element(_draw(points, measure, title))


def _draw(points: Sequence[Point], measure: str, title: str, width: float = WIDTH) -> Figure:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from harness.report.labels import place_labels

    places = _places(points, measure)
    narrow = width < NARROW
    below = _legend_height(places) if narrow else 0.0
    height = width * (_TALL if narrow else _FLAT) + below
    figure = Figure(figsize=(width, height), dpi=160)
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    lines = _draw_lines(axes, places, narrow)
    labels = _draw_budget(axes, places, narrow)
    _finish(axes, places, measure, title, narrow)
    if narrow:
        _legend_below(figure, axes, places)
    else:
        _legend_beside(axes, places)
    figure.tight_layout(rect=(0, below / height, 1, 1))
    figure.canvas.draw()
    for (x, y, point), colour in lines:
        if point.pruning:
            labels.append((x, y, point.pruning, colour))
    size = _SMALLEST if narrow else 8
    place_labels(axes, labels, [*_polylines(lines), *_budget_lines(axes, places)], size)
    return figure


def _places(points: Sequence[Point], measure: str) -> list[Place]:
    from harness.evaluation import aggregate

    places = []
    for point in points:
        cost = point.mean(POSTINGS)
        values = aggregate(point.values[point.values["measure"] == measure])
        if cost is not None and measure in values:
            places.append((cost, values[measure], point))
    if not places:
        raise InputError(
            f"There is nothing to draw: no system has both {measure} and postings per query. "
            f"Runs from `esplade search` or `esplade sweep` have costs beside them; others do not."
        )
    return places


def _draw_lines(axes: Axes, places: Sequence[Place], narrow: bool) -> list[tuple[Place, str]]:
    """A line a system through its points by cost; returns the places with their colours."""
    drawn = []
    for i, system in enumerate(_systems(places)):
        own = sorted((place for place in places if place[2].system == system), key=_by_cost)
        colour = COLOURS[i % len(COLOURS)]
        axes.plot(
            [x for x, _, _ in own],
            [y for _, y, _ in own],
            color=colour,
            marker=_MARKERS[i % len(_MARKERS)],
            linestyle=_DASHES[i // len(COLOURS) % len(_DASHES)],
            markersize=4 if narrow else 6,
            linewidth=1.2 if narrow else 1.6,
            label=system,
            zorder=3,
        )
        drawn += [(place, colour) for place in own]
    return drawn


def _draw_budget(
    axes: Axes, places: Sequence[Place], narrow: bool
) -> list[tuple[float, float, str, str]]:
    labels = []
    for x, y, point in places:
        if not point.is_bm25:
            continue
        dashed: dict[str, Any] = {"color": _BUDGET, "linestyle": (0, (4, 4)), "linewidth": 0.8}
        axes.axhline(y, alpha=0.5, zorder=1, **dashed)
        axes.axvline(x, alpha=0.5, zorder=1, **dashed)
        axes.plot([x], [y], "*", color=_BUDGET, markersize=9 if narrow else 13, zorder=4)
        labels.append((x, y, point.system, _BUDGET))
    return labels


def _finish(axes: Axes, places: Sequence[Place], measure: str, title: str, narrow: bool) -> None:
    axes.margins(y=0.12)
    label_cost_axis(axes, [x for x, _, _ in places], log_from=_LOG_RANGE, margin=0.08)
    axes.set_ylabel(measure)
    if title:
        axes.set_title(title, loc="left", fontsize=8 if narrow else 11)


def _legend_beside(axes: Axes, places: Sequence[Place]) -> None:
    if axes.get_legend_handles_labels()[0]:
        axes.legend(
            loc="upper left",
            bbox_to_anchor=(1.01, 1.0),
            frameon=False,
            fontsize=9,
            title=_legend_title(places),
            title_fontsize=8,
            alignment="left",
        )


def _legend_below(figure: Figure, axes: Axes, places: Sequence[Place]) -> None:
    handles, labels = axes.get_legend_handles_labels()
    if handles:
        figure.legend(
            handles,
            labels,
            loc="lower left",
            ncols=_legend_columns(places),
            frameon=False,
            fontsize=_SMALLEST,
            title=_legend_title(places),
            title_fontsize=_SMALLEST,
            alignment="left",
        )


def _legend_height(places: Sequence[Place]) -> float:
    """Inches that the legend below takes."""
    rows = -(-len(_systems(places)) // _legend_columns(places))
    return _LINE * (rows + (_legend_title(places) is not None) + 0.5) if rows else 0.0


def _legend_columns(places: Sequence[Place]) -> int:
    return 1 if any(len(name) > _TWO_COLUMNS for name in _systems(places)) else 2


def _legend_title(places: Sequence[Place]) -> str | None:
    return _AT_THE_POINTS if any(p.pruning for _, _, p in places) else None


def _systems(places: Sequence[Place]) -> list[str]:
    return list(dict.fromkeys(p.system for _, _, p in places if not p.is_bm25))


def _polylines(lines: Sequence[tuple[Place, str]]) -> list[list[tuple[float, float]]]:
    grouped: dict[str, list[tuple[float, float]]] = {}
    for (x, y, point), _ in lines:
        grouped.setdefault(point.system, []).append((x, y))
    return list(grouped.values())


def _budget_lines(axes: Axes, places: Sequence[Place]) -> list[list[tuple[float, float]]]:
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    budget = [(x, y) for x, y, point in places if point.is_bm25]
    return [line for x, y in budget for line in ([(left, y), (right, y)], [(x, low), (x, high)])]


def _by_cost(place: Place) -> tuple[float, float]:
    return place[0], place[1]
