"""Which cells are compared with which: weights of contrasts, from the factors' levels."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Levels = Mapping[str, Mapping[str, str]]
"""Cell to factor to level."""


@dataclass(frozen=True)
class Design:
    """A contrast: what has a positive weight against what has a negative one.

    Attributes:
        name: what is compared, in words.
        weights: cell to weight; the positive ones sum to 1, the negative ones to -1
            (an interaction: to 2 and -2). Cells that are not compared are not in it.
    """

    name: str
    weights: Mapping[str, float]

    @property
    def cells(self) -> list[str]:
        """The cells that are compared."""
        return list(self.weights)

    @property
    def pairs(self) -> int:
        """Number of cells on the positive side."""
        return sum(weight > 0 for weight in self.weights.values())

    def vector(self, cells: Sequence[str]) -> NDArray[np.float64]:
        """The weights in the order of ``cells``."""
        return np.array([self.weights.get(cell, 0.0) for cell in cells])


def group_against_rest(levels: Levels, wanted: Mapping[str, str]) -> Design | None:
    """The cells with these levels against all others, by means; None if a side is empty."""
    inside = [cell for cell, own in levels.items() if _has(own, wanted)]
    outside = [cell for cell in levels if cell not in inside]
    if not inside or not outside:
        return None
    weights = {cell: 1 / len(inside) for cell in inside}
    weights |= {cell: -1 / len(outside) for cell in outside}
    return Design(f"{' + '.join(wanted.values())} − all others", weights)


def factor_effect(
    levels: Levels, factor: str, high: str, low: str, given: Mapping[str, str] | None = None
) -> Design | None:
    """One level against another, over pairs of cells that differ in this factor only.

    Args:
        levels: the cells.
        factor: what differs in a pair.
        high: its level with positive weight.
        low: its level with negative weight.
        given: levels of other factors that both must have.

    Returns:
        None if there is no such pair.
    """
    pairs = _pairs(levels, factor, high, low, given or {})
    if not pairs:
        return None
    weights: dict[str, float] = {}
    for one, other in pairs:
        weights[one] = 1 / len(pairs)
        weights[other] = -1 / len(pairs)
    where = f" in {', '.join(given.values())}" if given else ""
    return Design(f"{high} − {low}{where}", weights)


def interaction(
    levels: Levels, factor: tuple[str, str, str], by: tuple[str, str, str]
) -> Design | None:
    """How much larger one factor's effect is at one level of another factor than at another.

    Args:
        levels: the cells.
        factor: name, level with positive weight, level with negative weight.
        by: name, level where the effect may be larger, level where it may be smaller.

    Returns:
        None if there are no four cells that differ in these two factors only.
    """
    name, high, low = factor
    other, more, less = by
    fours = []
    for a, b in _pairs(levels, name, high, low, {other: more}):
        c = _twin(levels, a, other, less)
        d = _twin(levels, b, other, less)
        if c is not None and d is not None:
            fours.append((a, b, c, d))
    if not fours:
        return None
    share = 1 / len(fours)
    weights = {
        cell: sign * share
        for four in fours
        for cell, sign in zip(four, (1, -1, -1, 1), strict=True)
    }
    return Design(f"({high} − {low}) in {more} − the same in {less}", weights)


def single_pairs(
    levels: Levels, factor: str, high: str, low: str, given: Mapping[str, str]
) -> list[Design]:
    """A contrast of its own for every pair of cells that differ in this factor only."""
    return [
        Design(f"{one} − {other}", {one: 1.0, other: -1.0})
        for one, other in _pairs(levels, factor, high, low, given)
    ]


def _pairs(
    levels: Levels, factor: str, high: str, low: str, given: Mapping[str, str]
) -> list[tuple[str, str]]:
    found = []
    for cell, own in levels.items():
        if _has(own, {**given, factor: high}):
            twin = _twin(levels, cell, factor, low)
            if twin is not None:
                found.append((cell, twin))
    return found


def _twin(levels: Levels, cell: str, factor: str, level: str) -> str | None:
    """The cell that differs in this factor only."""
    wanted = {**levels[cell], factor: level}
    same: Callable[[str], bool] = lambda other: dict(levels[other]) == wanted  # noqa: E731
    return next(filter(same, levels), None)


def _has(own: Mapping[str, str], wanted: Mapping[str, str]) -> bool:
    return all(own.get(factor) == level for factor, level in wanted.items())
