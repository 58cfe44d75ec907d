"""Rules at equal cost: the number of a rule that leaves as many postings as are wanted."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import scipy.sparse as sp

from ground.errors import InputError
from harness.pruning.columns import Columns
from harness.pruning.numbers import written
from harness.pruning.rules import NONE, Rule

_OPEN = "?"
_WIDEST = 40  # a number without a limit is looked for from 2^-40 to 2^40
_NEAR = 1e-12
_DIGITS = range(1, 17)


class Match(NamedTuple):
    """A rule that was looked for.

    Attributes:
        rule: the one that comes nearest.
        postings: how many weights it leaves.
        wanted: how many were asked for.
    """

    rule: Rule
    postings: int
    wanted: int


def match_postings(
    pattern: str,
    matrix: sp.csr_array,
    wanted: int,
    columns: Columns | None = None,
    tolerance: float = 0.0,
) -> Match:
    """Find the number for a rule by which it leaves a wanted number of weights.

    By bisection, so for any rule that keeps steadily more, or steadily fewer, as its number grows;
    those of other packages too. What it leaves grows in steps, of many weights for ``top`` and of
    single ones for ``share`` and mostly for ``ratio``: the nearest is found, of two equally near
    ones the smaller. The number has as few digits as leave the same (or come near enough).

    Args:
        pattern: a rule with ``?`` in the place of one number: ``top:?``, ``common:?:0.4``,
            ``common:5:0.4+mass:?``.
        matrix: (rows, terms) with sorted column indices and weights > 0.
        wanted: weights to leave.
        columns: what is known of the columns; see `Rule.apply`.
        tolerance: how far from ``wanted``, as a share of it, is near enough to look no further.

    Raises:
        InputError: the pattern has no ``?`` or several, or no number makes a rule of it.
    """
    before, make = _opened(pattern)
    matrix = before.apply(matrix, columns)

    def leaves(value: float) -> int:
        return int(make(value).apply(matrix, columns).nnz)

    low, high, between = _range(make, max(matrix.shape))
    near = tolerance * wanted
    value, count = _bisected(leaves, wanted, near, low, high, between)
    value, count = _shortest(value, count, make, leaves, wanted, near)
    return Match(before + make(value), count, wanted)


def _opened(pattern: str) -> tuple[Rule, Callable[[float], Rule]]:
    """The steps before the open one, and what makes the others of a number."""
    if pattern.count(_OPEN) != 1:
        raise InputError(f"{pattern!r} leaves no single number open. Write ? for it, as in top:?.")
    steps = pattern.split("+")
    at = next(place for place, step in enumerate(steps) if _OPEN in step)
    before = Rule.parse("+".join(steps[:at])) if at else NONE
    after = Rule.parse("+".join(steps[at + 1 :])) if steps[at + 1 :] else NONE
    return before, lambda value: Rule.parse(steps[at].replace(_OPEN, written(value))) + after


Between = Callable[[float, float], float | None]


def _range(make: Callable[[float], Rule], longest: int) -> tuple[float, float, Between]:
    """The smallest and the largest number, and the middle of two, if there is any."""

    def fits(value: float) -> bool:
        try:
            make(value)
        except InputError:
            return False
        return True

    if not fits(1.5) and fits(2.0):
        return 1.0, float(longest), _whole
    if fits(2.0):
        return 2.0**-_WIDEST, 2.0**_WIDEST, _geometric
    if not fits(0.5):
        make(0.5)  # says what is wrong
    return 0.0 if fits(0.0) else 2.0**-_WIDEST, 1.0 if fits(1.0) else 1 - 2.0**-_WIDEST, _halfway


def _whole(low: float, high: float) -> float | None:
    return float((low + high) // 2) if high - low > 1 else None


def _halfway(low: float, high: float) -> float | None:
    return (low + high) / 2 if high - low > _NEAR else None


def _geometric(low: float, high: float) -> float | None:
    return float((low * high) ** 0.5) if high > low * (1 + _NEAR) else None


def _bisected(
    leaves: Callable[[float], int],
    wanted: int,
    near: float,
    low: float,
    high: float,
    between: Between,
) -> tuple[float, int]:
    """The number found, and what it leaves."""
    found = {low: leaves(low), high: leaves(high)}
    rising = found[low] <= found[high]
    while (middle := between(low, high)) is not None:
        if any(abs(count - wanted) <= near for count in found.values()):
            break
        found[middle] = leaves(middle)
        if (found[middle] < wanted) == rising:
            low = middle
        else:
            high = middle
    value = min(found, key=lambda one: (abs(found[one] - wanted), found[one], one))
    return value, found[value]


def _shortest(
    value: float,
    count: int,
    make: Callable[[float], Rule],
    leaves: Callable[[float], int],
    wanted: int,
    near: float,
) -> tuple[float, int]:
    """The number with the fewest digits that leaves the same, or is near; and what it leaves."""
    for digits in _DIGITS:
        shorter = float(f"{value:.{digits}g}")
        if shorter == value:
            break
        try:
            make(shorter)
        except InputError:
            continue
        if (left := leaves(shorter)) == count or abs(left - wanted) <= near:
            return shorter, left
    return value, count
