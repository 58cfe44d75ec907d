"""Operating points: which weights a query and a document keep."""

from __future__ import annotations

from typing import NamedTuple

from ground.errors import InputError
from harness.pruning import Rule

DEFAULT_GRID = "0:0,7:20,5:20,5:10"
"""The operating points of arXiv 2605.01407, unpruned to strictest."""


class Pruning(NamedTuple):
    """One operating point.

    Attributes:
        query: which weights a query keeps.
        document: which weights a document keeps.
    """

    query: Rule
    document: Rule

    def __str__(self) -> str:
        if self.query.k is None or self.document.k is None:
            return f"{self.query.short}/{self.document.short}"
        return f"{self.query.k}:{self.document.k}"


def parse_grid(text: str) -> tuple[Pruning, ...]:
    """Read a grid such as ``0:0,7:20`` or ``7:20,top:7/ratio:0.1+top:20``.

    Points are separated by commas: ``qk:dk`` (most terms of a query and of a document), or two
    rules with a slash between them.

    Raises:
        InputError: neither of those, or a point given twice.
    """
    points: list[Pruning] = []
    for part in text.replace(" ", "").split(","):
        point = _parse_point(part, text)
        if point in points:
            raise InputError(f"The operating point {point} is in the grid {text!r} twice.")
        points.append(point)
    return tuple(points)


def _parse_point(part: str, text: str) -> Pruning:
    query, slash, document = part.partition("/")
    if slash:
        return Pruning(Rule.parse(query), Rule.parse(document))
    qk, colon, dk = part.partition(":")
    if not (colon and qk.isdecimal() and dk.isdecimal()):
        raise InputError(
            f"{part!r} in the grid {text!r} is no operating point. Give qk:dk pairs separated "
            f"by commas, such as {DEFAULT_GRID}, where 0 means not pruned; or a rule for queries "
            f"and one for documents, such as top:7/ratio:0.1+top:20."
        )
    return Pruning(Rule.top(int(qk)), Rule.top(int(dk)))
