"""Operating points: how many terms a query and a document keep."""

from __future__ import annotations

from typing import NamedTuple

from harness.errors import InputError

DEFAULT_GRID = "0:0,7:20,5:20,5:10"
"""The operating points of arXiv 2605.01407, unpruned to strictest."""


class Pruning(NamedTuple):
    """One operating point.

    Attributes:
        qk: largest number of terms a query keeps; 0 for all.
        dk: the same for documents.
    """

    qk: int
    dk: int

    def __str__(self) -> str:
        return f"{self.qk}:{self.dk}"


def parse_grid(text: str) -> tuple[Pruning, ...]:
    """Read a grid such as ``0:0,7:20,5:20,5:10`` (qk:dk, separated by commas).

    Raises:
        InputError: not pairs of whole numbers >= 0, or a point given twice.
    """
    points: list[Pruning] = []
    for part in text.replace(" ", "").split(","):
        qk, colon, dk = part.partition(":")
        if not (colon and qk.isdecimal() and dk.isdecimal()):
            raise InputError(
                f"{part!r} in the grid {text!r} is no operating point. Give qk:dk pairs separated "
                f"by commas, such as {DEFAULT_GRID}; 0 means not pruned."
            )
        point = Pruning(int(qk), int(dk))
        if point in points:
            raise InputError(f"The operating point {point} is in the grid {text!r} twice.")
        points.append(point)
    return tuple(points)
