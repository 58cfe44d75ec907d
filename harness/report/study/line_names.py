"""Names beside the ends of lines, moved apart where lines end together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from harness.report.study.styles import INK

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LINE = 0.042
"""Height of a name at the end of a line, as a share of a panel."""


def name_ends(axes: Axes, ends: Sequence[tuple[str, float, float]]) -> None:
    """Names to the right of the lines' ends, moved apart, each joined to its end."""
    if not ends:
        return
    low, high = axes.get_ylim()
    wanted = np.array([(y - low) / (high - low) for _, _, y in ends])
    order = np.argsort(wanted)
    placed = spread_out(wanted[order], _LINE)
    for index, place in zip(order, placed, strict=True):
        cell, x, y = ends[int(index)]
        axes.annotate(
            cell,
            (x, y),
            xytext=(1.05, float(place)),
            textcoords="axes fraction",
            ha="left",
            va="center",
            fontsize=8,
            color=INK,
            annotation_clip=False,
            arrowprops={
                "arrowstyle": "-",
                "color": "#aaaaaa",
                "linewidth": 0.6,
                "shrinkA": 0,
                "shrinkB": 4,
                "relpos": (0, 0.5),
            },
        )


def spread_out(places: NDArray[np.float64], gap: float) -> NDArray[np.float64]:
    """Ascending places moved apart by at least ``gap``, as little as that takes, within 0 to 1.

    Neighbours that are too close form a group around their mean; groups that meet are joined.
    """
    groups: list[list[float]] = []
    for place in places:
        groups.append([float(place)])
        while len(groups) > 1 and _top(groups[-2], gap) > _bottom(groups[-1], gap) - gap + 1e-12:
            last = groups.pop()
            groups[-1] += last
    spread = [_bottom(group, gap) + i * gap for group in groups for i in range(len(group))]
    return np.array(spread)


def _bottom(group: Sequence[float], gap: float) -> float:
    length = gap * (len(group) - 1)
    return float(np.clip(np.mean(group) - length / 2, 0, max(0.0, 1 - length)))


def _top(group: Sequence[float], gap: float) -> float:
    return _bottom(group, gap) + gap * (len(group) - 1)
