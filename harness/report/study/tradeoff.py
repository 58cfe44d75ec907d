"""Figure 1: effectiveness against cost, a line a cell, a point a pruning, bars over seeds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from harness.report.cost_axis import label_cost_axis
from harness.report.labels import place_labels
from harness.report.study.document import Picture
from harness.report.study.spots import Spot, apart, budget, find_spots, highest, line_ends
from harness.report.study.styles import BUDGET, INK, Looks, face
from harness.study.verdicts.evidence import Evidence

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def tradeoff_pictures(evidence: Evidence) -> list[Picture]:
    """Figure 1 for every measure that something has values and costs of."""
    pictures = []
    for i, measure in enumerate(evidence.results.measures):
        spots = find_spots(evidence, measure)
        if spots:
            stem = "figure1" if i == 0 else f"figure1-{_plain(measure)}"
            figure = _draw(evidence, measure, spots)
            pictures.append(Picture(stem, _caption(evidence, measure), figure))
    return pictures


def _draw(evidence: Evidence, measure: str, spots: Sequence[Spot]) -> Figure:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8.4, 5.0), dpi=160)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.085, 0.115, 0.69, 0.86))
    looks, line = Looks(evidence.results), budget(evidence, measure)
    lines = _draw_cells(axes, looks, spots)
    labels = _draw_budget(axes, line)
    _finish(axes, measure, [s.cost for s in spots] + ([line[0]] if line else []))
    _legend(axes, looks, bars=any(s.value_reach for s in spots))
    figure.canvas.draw()
    labels += _pruning_labels(spots)
    place_labels(axes, labels, lines)
    return figure


def _draw_cells(axes: Axes, looks: Looks, spots: Sequence[Spot]) -> list[list[tuple[float, float]]]:
    drawn = []
    for cell in dict.fromkeys(s.cell for s in spots):
        own = sorted((s for s in spots if s.cell == cell), key=lambda s: s.cost)
        look = looks.of(cell)
        x, y = [s.cost for s in own], [s.value for s in own]
        lower = [s.cost - s.cost / s.cost_factor for s in own]
        upper = [s.cost * s.cost_factor - s.cost for s in own]
        bars = any(s.value_reach for s in own)
        axes.errorbar(
            x,
            y,
            yerr=[s.value_reach for s in own] if bars else None,
            xerr=[lower, upper] if bars else None,
            color=look.colour,
            ecolor=look.colour,
            elinewidth=0.7,
            linestyle=look.line,
            linewidth=1.4,
            marker=look.marker,
            markersize=5.5,
            markerfacecolor=face(look),
            markeredgecolor=look.colour,
            zorder=3,
        )
        drawn.append(list(zip(x, y, strict=True)))
    return drawn


def _draw_budget(
    axes: Axes, line: tuple[float, float] | None
) -> list[tuple[float, float, str, str]]:
    if line is None:
        return []
    x, y = line
    dashed: dict[str, Any] = {"color": BUDGET, "linestyle": (0, (4, 4)), "linewidth": 0.8}
    axes.axhline(y, alpha=0.5, zorder=1, **dashed)
    axes.axvline(x, alpha=0.5, zorder=1, **dashed)
    axes.plot([x], [y], "*", color=BUDGET, markersize=13, zorder=4)
    return [(x, y, "BM25", BUDGET)]


def _pruning_labels(spots: Sequence[Spot]) -> list[tuple[float, float, str, str]]:
    """Names of prunings: once each where they stand apart by cost, else at every line's ends."""
    named = highest(spots) if apart(spots) else line_ends(spots)
    return [(s.cost, s.value + s.value_reach, s.pruning, INK) for s in named]


def _finish(axes: Axes, measure: str, costs: Sequence[float]) -> None:
    axes.margins(y=0.1)
    label_cost_axis(axes, costs, log_from=5, margin=0.06)
    axes.set_ylabel(measure)


def _legend(axes: Axes, looks: Looks, *, bars: bool) -> None:
    from matplotlib.lines import Line2D

    handles = looks.legend(hollow="longer pre-training")
    star: Any = {"marker": "*", "linestyle": "none", "markersize": 11}
    handles.append(Line2D([], [], color=BUDGET, label="BM25", **star))
    axes.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(1.01, 1.0),
        frameon=False,
        fontsize=9,
        title="qk:dk at the points" + ("\nbars: 95%, over seeds" if bars else ""),
        title_fontsize=8,
        alignment="left",
    )


def _caption(evidence: Evidence, measure: str) -> str:
    seeds = evidence.results.seeds
    over = (
        "bars are 95% intervals of a cell's mean over seeds (error pooled over cells)"
        if len(seeds) > 1
        else "one seed, so there are no bars"
    )
    return (
        f"{measure} against mean postings per query, a line a cell, a point a pruning; {over}. "
        "BM25 on the same documents is the budget."
    )


def _plain(measure: str) -> str:
    return "".join(c for c in measure.lower() if c.isalnum())
