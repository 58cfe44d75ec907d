"""Places short labels beside points so that they hide neither each other nor the data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Annotation
    from matplotlib.transforms import Bbox

Dots = NDArray[np.float64]
"""Positions in pixels, shape (dots, 2)."""

_DISTANCES = (7, 12, 18)  # points, from the marker's centre
_DIRECTIONS = ((0, 1), (1, 1), (-1, 1), (0, -1), (1, -1), (-1, -1), (1, 0), (-1, 0))
_MARKER = 6.0
_STEPS = 60


def place_labels(
    axes: Axes,
    labels: Sequence[tuple[float, float, str, str]],
    lines: Sequence[Sequence[tuple[float, float]]],
    size: float = 8,
) -> None:
    """Write each label at the free place nearest to its point.

    Greedy, in the order given: of 24 places around a point, take the one that covers the
    least of the labels placed before, the markers, and the lines.

    Args:
        axes: with final limits and scales, drawn at least once.
        labels: (x, y, text, colour) in data coordinates.
        lines: polylines in data coordinates.
        size: font size in points.
    """
    if not labels:
        return
    scale = axes.figure.dpi / 72
    occupied: list[Bbox] = []
    marks = np.asarray(axes.transData.transform([(x, y) for x, y, _, _ in labels]))
    dots = np.concatenate([np.empty((0, 2)), *(_sample(axes, line) for line in lines)])
    for label, mark in zip(labels, marks, strict=True):
        measured = _write(axes, label, (0, 0), size)
        extent = measured.get_window_extent()
        measured.remove()
        options = []
        for rank, offset in enumerate(_offsets()):
            box = _box(mark, offset, extent.width, extent.height, scale).padded(1.0 * scale)
            cost = _covered(box, occupied, marks, dots, axes, scale)
            options.append((cost, rank, offset, box))
        _, _, offset, box = min(options, key=lambda option: option[:2])
        _write(axes, label, offset, size)
        occupied.append(box)


def _write(
    axes: Axes, label: tuple[float, float, str, str], offset: tuple[float, float], size: float
) -> Annotation:
    x, y, text, colour = label
    return axes.annotate(
        text,
        (x, y),
        xytext=offset,
        textcoords="offset points",
        ha=("right", "center", "left")[int(np.sign(offset[0])) + 1],
        va=("top", "center", "bottom")[int(np.sign(offset[1])) + 1],
        fontsize=size,
        color=colour,
    )


def _box(
    mark: Dots, offset: tuple[float, float], width: float, height: float, scale: float
) -> Bbox:
    """Where a text of this size will be, in pixels; measuring it at every place takes seconds."""
    from matplotlib.transforms import Bbox

    x = float(mark[0]) + offset[0] * scale + (np.sign(offset[0]) - 1) / 2 * width
    y = float(mark[1]) + offset[1] * scale + (np.sign(offset[1]) - 1) / 2 * height
    return Bbox.from_bounds(x, y, width, height)


def _offsets() -> Iterator[tuple[float, float]]:
    for distance in _DISTANCES:
        for x, y in _DIRECTIONS:
            length = distance / (x * x + y * y) ** 0.5
            yield x * length, y * length


def _sample(axes: Axes, line: Sequence[tuple[float, float]]) -> Dots:
    """Dots along a polyline, in pixels."""
    corners = np.asarray(axes.transData.transform(line))
    if len(corners) < 2:
        return np.empty((0, 2))
    t = np.linspace(0, 1, _STEPS)[:, None]
    pairs = zip(corners[:-1], corners[1:], strict=True)
    return np.concatenate([a + t * (b - a) for a, b in pairs])


def _covered(
    box: Bbox,
    occupied: Sequence[Bbox],
    marks: Dots,
    dots: Dots,
    axes: Axes,
    scale: float,
) -> float:
    """How bad a place is: labels weigh most, then markers and the frame, then lines."""
    grown = box.padded(_MARKER / 2 * scale)
    cost = 100.0 * sum(box.overlaps(other) for other in occupied)
    cost += 20.0 * _inside(grown, marks)
    cost += 1.0 * min(_inside(box, dots), 15)
    frame = axes.get_window_extent()
    outside = box.x0 < frame.x0 or box.x1 > frame.x1 or box.y0 < frame.y0 or box.y1 > frame.y1
    return float(cost + 30.0 * outside)


def _inside(box: Bbox, dots: Dots) -> int:
    if not len(dots):
        return 0
    x, y = dots[:, 0], dots[:, 1]
    return int(np.sum((x > box.x0) & (x < box.x1) & (y > box.y0) & (y < box.y1)))
