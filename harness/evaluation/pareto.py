"""The Pareto front: points that no other one beats at a lower cost."""

from __future__ import annotations

from collections.abc import Sequence


def pareto(costs: Sequence[float | None], values: Sequence[float | None]) -> list[int]:
    """Places of the points on the front, by cost.

    A point is on it where every point that costs no more is less effective; of equal ones the
    first. Points without a cost or a value are not.

    Example:
        >>> pareto([10, 5, 7, 5], [0.4, 0.2, 0.1, 0.3])
        [3, 0]
    """
    known = [
        (cost, -value, i)
        for i, (cost, value) in enumerate(zip(costs, values, strict=True))
        if cost is not None and value is not None
    ]
    front: list[int] = []
    best = float("inf")
    for _, negative, i in sorted(known):
        if negative < best:
            best = negative
            front.append(i)
    return front
