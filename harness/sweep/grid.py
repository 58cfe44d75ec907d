"""Operating points: which weights a query and a document keep."""

from __future__ import annotations

import re
from collections.abc import Sequence
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
        return spelled(self.query.short, self.document.short)

    @property
    def identity(self) -> str:
        """Two rules with a slash between them, files by what they hold; for keys."""
        parts = (rule.identity if rule.k is None else rule.short for rule in self)
        return "/".join(parts)


def spelled(query: str, document: str) -> str:
    """A point of two rules in their short forms: ``7:20``, or ``7/ratio:0.1``."""
    colon = query.isdecimal() and document.isdecimal()
    return f"{query}{':' if colon else '/'}{document}"


def parse_grid(text: str) -> tuple[Pruning, ...]:
    """Read a grid such as ``0:0,7:20`` or ``7:20,top:7/ratio:0.1+top:20``.

    Points are separated by commas: ``qk:dk`` (most terms of a query and of a document), or two
    rules with a slash between them.

    Raises:
        InputError: neither of those, a rule for documents before the slash, or a point given twice.
    """
    # Spaces may stand between things; within one they belong to the name of a file.
    parts = re.sub(r"\s*([,/:+])\s*", r"\1", text.strip()).split(",")
    return checked_grid([_parse_point(part, text) for part in parts])


def checked_grid(given: Sequence[tuple[Rule, Rule]]) -> tuple[Pruning, ...]:
    """A grid of pairs of rules, for queries and for documents.

    Raises:
        InputError: a rule for documents is given for queries, or a point twice.
    """
    points: list[Pruning] = []
    for query, document in given:
        point = Pruning(query.check_queries(), document.check_documents())
        if point in points:
            raise InputError(f"The operating point {point} is in the grid twice.")
        points.append(point)
    return tuple(points)


def grid_contents(text: str) -> dict[str, str]:
    """Digests of what the files hold that a grid names, by the rules' steps; often none.

    For keys of results that know a grid as a text.
    """
    rules = (rule for point in parse_grid(text) for rule in point)
    return {step: identity for rule in rules for step, identity in rule.contents.items()}


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
