"""Places short labels beside points so that they hide neither each other nor the data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes
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
    for x, y, text, colour in labels:
        options = []
        for rank, (dx, dy) in enumerate(_offsets()):
            note = axes.annotate(
                text,
                (x, y),
                xytext=(dx, dy),
                textcoords="offset points",
                ha=("right", "center", "left")[int(np.sign(dx)) + 1],
                va=("top", "center", "bottom")[int(np.sign(dy)) + 1],
                fontsize=size,
                color=colour,
            )
            box = note.get_window_extent().padded(1.0 * scale)
            note.remove()
            cost = _covered(box, occupied, marks, dots, axes, scale)
            options.append((cost, rank, note, box))
        _, _, note, box = min(options, key=lambda option: option[:2])
        axes.add_artist(note)
        occupied.append(box)


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
