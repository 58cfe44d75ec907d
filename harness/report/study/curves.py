"""Figures 2 to 4: held-out EMLM accuracy and loss against steps, coloured by logit-score-std."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from harness.report.study.document import Picture
from harness.report.study.line_names import name_ends
from harness.report.study.styles import Looks
from harness.study.verdicts.claims import SPREAD
from harness.study.verdicts.evidence import Evidence
from harness.study.verdicts.results import StudyResults

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap, Normalize
    from matplotlib.figure import Figure

_LEFT, _WIDTH = 0.085, 0.63
_PANEL, _BELOW = 3.9, 0.5
"""Inches: height of a panel, and of what stands below the lowest."""
_UNKNOWN = "#999999"
_WHAT = {"accuracy": "held-out EMLM accuracy", "loss": "held-out EMLM loss"}

Line = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]
"""Steps, mean, lowest and highest over seeds."""


def curve_pictures(evidence: Evidence) -> list[Picture]:
    """Figure 2 (accuracy), 3 (loss), 4 (both, longer trainings), and dev measures by step."""
    results = evidence.results
    cells = [c for c in evidence.levels if c in set(results.curves["cell"])]
    longer = [c for c in results.longer() if c in set(results.curves["cell"])]
    pictures = []
    for stem, column in (("figure2", "accuracy"), ("figure3", "loss")):
        if cells and results.curves[column].notna().any():
            figure = _draw(evidence, cells, [column])
            pictures.append(Picture(stem, _caption(column, results), figure))
    if longer:
        bases = [results.longer()[c] for c in longer if results.longer()[c] in cells]
        figure = _draw(evidence, [*dict.fromkeys(bases), *longer], ["accuracy", "loss"])
        caption = "Held-out EMLM accuracy and loss of the cells that were pre-trained for longer."
        pictures.append(Picture("figure4", caption, figure))
    return [*pictures, *_dev_pictures(evidence)]


def _dev_pictures(evidence: Evidence) -> list[Picture]:
    """The fine-tunings by step: whether they had converged can be seen, not only read."""
    measure, curves = evidence.measure, evidence.results.devcurves
    if measure not in curves.columns or not curves[measure].notna().any():
        return []
    own = set(curves["cell"])
    cells = [c for c in [*evidence.levels, *evidence.results.longer()] if c in own]
    if not cells:
        return []
    caption = f"{measure} on development queries against fine-tuning steps."
    return [Picture("finetuning", caption, _draw(evidence, cells, [measure]))]


def line_of(results: StudyResults, cell: str, column: str) -> Line:
    """A cell's curve of EMLM, or of a development measure.

    EMLM of a longer one begins where the cell that it continues ends.
    """
    if column not in _WHAT:
        return _line(results.devcurves, cell, column)
    steps, mean, low, high = _line(results.curves, cell, column)
    base = results.longer().get(cell)
    if base is not None and len(steps):
        before = _line(results.curves, base, column)
        ends = before[0] < steps[0]
        if ends.any():
            last = int(np.flatnonzero(ends)[-1])
            parts = zip(before, (steps, mean, low, high), strict=True)
            steps, mean, low, high = (np.concatenate([a[last : last + 1], b]) for a, b in parts)
    return steps, mean, low, high


def _line(curves: pd.DataFrame, cell: str, column: str) -> Line:
    own = curves[(curves["cell"] == cell) & curves[column].notna()]
    by_step = own.groupby("step")[column]
    # A step that only some seeds reached would make the mean jump.
    whole = by_step.count() == by_step.count().max()
    kept = by_step.mean()[whole].index
    parts = (by_step.mean(), by_step.min(), by_step.max())
    values = [part.loc[kept].to_numpy(dtype=np.float64) for part in parts]
    return kept.to_numpy(dtype=np.float64), values[0], values[1], values[2]


def _draw(evidence: Evidence, cells: Sequence[str], columns: Sequence[str]) -> Figure:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    height = _PANEL * len(columns) + _BELOW
    figure = Figure(figsize=(9.2, height), dpi=160)
    FigureCanvasAgg(figure)
    colours, scale = _colours(evidence, cells)
    share = _PANEL / height
    for i, column in enumerate(reversed(columns)):
        bottom = _BELOW / height + i * share
        axes = figure.add_axes((_LEFT, bottom, _WIDTH, share * 0.92))
        _draw_lines(axes, evidence.results, cells, column, colours)
        axes.set_ylabel(_WHAT.get(column, f"{column} on development queries"))
        if i == 0:
            axes.set_xlabel("EMLM steps" if column in _WHAT else "fine-tuning steps")
    if scale is not None:
        _colour_bar(figure, *scale)
    return figure


def _draw_lines(
    axes: Axes,
    results: StudyResults,
    cells: Sequence[str],
    column: str,
    colours: dict[str, Any],
) -> None:
    from matplotlib.ticker import FuncFormatter

    looks, ends = Looks(results), []
    # A name for a line and its continuation is enough: the longer one's contains the other's.
    continued = column in _WHAT and any(cell in results.longer() for cell in cells)
    for cell in cells:
        steps, mean, low, high = line_of(results, cell, column)
        if not len(steps):
            continue
        look = looks.of(cell)
        axes.fill_between(steps, low, high, color=colours[cell], alpha=0.15, linewidth=0)
        axes.plot(steps, mean, color=colours[cell], linestyle=look.line, linewidth=1.7)
        axes.plot(steps[-1:], mean[-1:], look.marker, color=colours[cell], markersize=5)
        if cell not in results.longer().values() or not continued:
            ends.append((cell, float(steps[-1]), float(mean[-1])))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.10g}"))
    axes.margins(x=0.02)
    name_ends(axes, ends)


def _colours(
    evidence: Evidence, cells: Sequence[str]
) -> tuple[dict[str, Any], tuple[Colormap, Normalize] | None]:
    """A colour a cell by its logit-score-std (mean over seeds), and the scale; grey if unknown."""
    from matplotlib import colormaps
    from matplotlib.colors import LinearSegmentedColormap, Normalize

    table = evidence.results.cells
    if SPREAD not in table.columns or not table[SPREAD].notna().any():
        return dict.fromkeys(cells, _UNKNOWN), None
    means = table.groupby("cell")[SPREAD].mean().dropna()
    # The palest end of the map cannot be seen on white.
    shades = colormaps["viridis"](np.linspace(0, 0.9, 256))
    colour_map = LinearSegmentedColormap.from_list("spread", shades)
    low, high = float(means.min()), float(means.max())
    norm = Normalize(low, high if high > low else low + 1)
    return {c: colour_map(norm(means[c])) if c in means else _UNKNOWN for c in cells}, (
        colour_map,
        norm,
    )


def _colour_bar(figure: Figure, colour_map: Colormap, norm: Normalize) -> None:
    from matplotlib.cm import ScalarMappable

    place = figure.add_axes((0.925, 0.2, 0.016, 0.6))
    bar = figure.colorbar(ScalarMappable(norm, colour_map), cax=place)
    bar.set_label(SPREAD, fontsize=9)
    bar.ax.tick_params(labelsize=8)
    place.grid(False)


def _caption(column: str, results: StudyResults) -> str:
    seeds = len(results.seeds)
    band = f"; bands from the lowest to the highest of {seeds} seeds" if seeds > 1 else ""
    return f"{_WHAT[column].capitalize().replace('emlm', 'EMLM')} against steps{band}."
