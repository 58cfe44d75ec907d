"""The horizontal axis of figures of effectiveness against cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_NARROW = 300
"""Below this ratio of its ends a logarithmic axis has ticks at 1, 2 and 5: more would collide."""


def label_cost_axis(axes: Axes, costs: Sequence[float], *, log_from: float, margin: float) -> None:
    """Scale, ticks and label of an axis of mean postings per query; after all has been drawn.

    Args:
        axes: with everything that takes room.
        costs: of the points.
        log_from: ratio of the largest to the smallest cost from which the axis is logarithmic.
        margin: free room at both ends, as a share of the axis.
    """
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    logarithmic = min(costs) > 0 and max(costs) > log_from * min(costs)
    if logarithmic:
        axes.set_xscale("log")
    axes.margins(x=margin)
    if logarithmic:
        low, high = axes.get_xlim()
        axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if high < _NARROW * low else (1,)))
        axes.xaxis.set_minor_formatter(NullFormatter())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.10g}"))
    axes.set_xlabel("mean postings per query" + (" (log scale)" if logarithmic else ""))
