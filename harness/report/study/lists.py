"""Appendix H: list lengths against effectiveness and cost, and what the cost is made of."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from harness.report.study.document import Picture
from harness.report.study.styles import INK, Looks, face
from harness.runs.perquery import POSTINGS
from harness.study.verdicts.claims import VARIANCE
from harness.study.verdicts.evidence import Evidence
from harness.study.verdicts.judging import Relation

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Dot = tuple[str, float, float]
_INDEPENDENT = "#bbbbbb"


def list_pictures(evidence: Evidence, relations: Sequence[Relation]) -> list[Picture]:
    """The scatter of list-length variance, and the split of FLOPS; those that have values."""
    pictures = []
    prunings = [p for p in evidence.results.grid if dots(evidence, evidence.measure, p)]
    if prunings:
        caption = (
            f"Variance of postings-list length against {evidence.measure} and postings per query; "
            "a point a training, rank correlation over cells (95% interval over cells)."
        )
        pictures.append(
            Picture("appendix-h", caption, _draw_scatter(evidence, relations, prunings))
        )
    if _splits(evidence):
        caption = (
            "FLOPS = |U| mean(p_q) mean(p_d) + |U| Cov(p_q, p_d), means over seeds: what list "
            "lengths alone would cost, and what query terms that fall on long lists add."
        )
        pictures.append(Picture("appendix-h-flops", caption, _draw_split(evidence)))
    return pictures


def dots(evidence: Evidence, measure: str, pruning: str) -> list[Dot]:
    """Cell, list-length variance and mean of the measure, a training each."""
    results, panel = evidence.results, evidence.results.panels.get(measure)
    if panel is None:
        return []
    found = []
    for cell in evidence.levels:
        for seed in panel.seeds(cell, pruning):
            variance = results.value("points", VARIANCE, cell, seed, pruning)
            values = panel.of(cell, seed, pruning)
            if math.isfinite(variance) and values is not None and len(values):
                found.append((cell, variance, float(values.mean())))
    return found


def _draw_scatter(
    evidence: Evidence, relations: Sequence[Relation], prunings: Sequence[str]
) -> Figure:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(2.5 * len(prunings) + 1.6, 5.6), dpi=160, layout="constrained")
    FigureCanvasAgg(figure)
    grid = figure.subplots(2, len(prunings), squeeze=False)
    looks = Looks(evidence.results)
    for column, pruning in enumerate(prunings):
        for row, measure in enumerate((evidence.measure, POSTINGS)):
            axes = grid[row, column]
            _scatter(axes, looks, dots(evidence, measure, pruning))
            axes.set_title(
                _heading(relations, measure, pruning, row == 0), fontsize=8.5, loc="left"
            )
            if column == 0:
                axes.set_ylabel(measure if row == 0 else "postings per query")
    figure.supxlabel("variance of postings-list length (log scale)", fontsize=10)
    figure.legend(
        handles=looks.legend(lines=False), loc="outside right upper", frameon=False, fontsize=8.5
    )
    return _laid_out(figure)


def _scatter(axes: Axes, looks: Looks, found: Sequence[Dot]) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator, NullLocator

    for cell in dict.fromkeys(cell for cell, _, _ in found):
        look = looks.of(cell)
        filled = look.line == "-" or "line" not in looks.role
        axes.plot(
            [x for own, x, _ in found if own == cell],
            [y for own, _, y in found if own == cell],
            look.marker,
            color=look.colour,
            markerfacecolor=face(look) if filled else "white",
            markersize=5.5,
            zorder=3,
        )
    axes.tick_params(labelsize=7.5)
    if max((y for _, _, y in found), default=0.0) > 1000:
        axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y:,.10g}"))
    axes.margins(0.12)
    if all(x > 0 for _, x, _ in found):
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(MaxNLocator(3))
        axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(short_number))


def short_number(value: float, _: object = None) -> str:
    """A number for an axis: 1,200,000 as 1.2M."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:.3g}{letter}"
    return f"{value:.3g}"


def _heading(relations: Sequence[Relation], measure: str, pruning: str, first: bool) -> str:
    lines = [pruning] if first else []
    for relation in relations:
        if (relation.x, relation.y, relation.pruning) == (VARIANCE, measure, pruning):
            found = relation.correlation
            if math.isfinite(found.rho):
                lines.append(f"ρ = {found.rho:.2f} [{found.low:.2f}, {found.high:.2f}]")
    return "\n".join(lines)


def _splits(evidence: Evidence) -> dict[str, dict[str, tuple[float, float]]]:
    """Pruning to cell to (independent, covariance) part of FLOPS, means over seeds."""
    points = evidence.results.points
    if not {"flops", "covariance_share"} <= set(points.columns):
        return {}
    rows = points[points["cell"].isin([*evidence.levels])].dropna(
        subset=["flops", "covariance_share"]
    )
    rows = rows.assign(added=rows["flops"] * rows["covariance_share"])
    means = rows.groupby(["pruning", "cell"])[["flops", "added"]].mean()
    found: dict[str, dict[str, tuple[float, float]]] = {}
    for (pruning, cell), flops, added in means.itertuples():
        found.setdefault(str(pruning), {})[str(cell)] = (flops - added, added)
    return {p: found[p] for p in evidence.results.grid if p in found}


def _draw_split(evidence: Evidence) -> Figure:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    splits = _splits(evidence)
    cells = [c for c in evidence.levels if any(c in own for own in splits.values())]
    height = 1.3 + 0.27 * len(cells)
    figure = Figure(figsize=(2.3 * len(splits) + 1.6, height), dpi=160, layout="constrained")
    FigureCanvasAgg(figure)
    grid = figure.subplots(1, len(splits), squeeze=False, sharey=True)
    for column, (pruning, own) in enumerate(splits.items()):
        _bars(grid[0, column], Looks(evidence.results), cells, own)
        grid[0, column].set_title(pruning, fontsize=9, loc="left")
    grid[0, 0].set_yticks(range(len(cells)), cells, fontsize=8)
    grid[0, 0].invert_yaxis()
    figure.supxlabel(
        "FLOPS: grey, from list lengths alone; coloured, covariance (its share at the bar)",
        fontsize=9,
    )
    return _laid_out(figure)


def _laid_out(figure: Figure) -> Figure:
    """The figure with its places fixed: finding them again at every drawing takes seconds."""
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.execute(figure)
        figure.set_layout_engine("none")
    return figure


def _bars(
    axes: Axes, looks: Looks, cells: Sequence[str], own: Mapping[str, tuple[float, float]]
) -> None:
    longest = max((sum(parts) for parts in own.values()), default=0.0)
    for place, cell in enumerate(cells):
        if cell not in own:
            continue
        independent, added = own[cell]
        axes.barh(place, independent, 0.7, color=_INDEPENDENT, zorder=2)
        axes.barh(place, added, 0.7, left=independent, color=looks.of(cell).colour, zorder=2)
        total = independent + added
        share = added / total if total else math.nan
        axes.text(total + 0.02 * longest, place, f"{share:.0%}", va="center", fontsize=7, color=INK)
    axes.set_xlim(0, 1.22 * longest or 1)
    axes.tick_params(labelsize=7.5)
    axes.grid(False, axis="y")
