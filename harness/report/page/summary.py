"""What the values say, in sentences: what wins, at what cost, what is sure, and where BM25 stands.

Every number in them is in the table; nothing is said that a test does not carry.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harness.evaluation.pareto import pareto
from harness.evaluation.significance import ALPHA, holm
from harness.evaluation.significance.all_pairs import Pairs
from harness.report.points import Point
from harness.runs.perquery import POSTINGS


@dataclass(frozen=True)
class Seen:
    """Points under one measure.

    Attributes:
        points: what is shown.
        measure: of effectiveness.
        means: of the points; None where one has no values.
        pairs: the tests.
        queries: how many there are.
        baseline: place of the point that others are tested against, if any.
    """

    points: Sequence[Point]
    measure: str
    means: Sequence[float | None]
    pairs: Pairs
    queries: int
    baseline: int | None


def sentences(seen: Seen) -> list[str]:
    """The summary, a sentence or two a line."""
    known = [i for i, mean in enumerate(seen.means) if mean is not None]
    if not known:
        return []
    best = max(known, key=lambda i: (seen.means[i] or 0.0, -i))
    lines = [_best(seen, best), _cheapest_like(seen, best), _front(seen), _against(seen)]
    return [line for line in lines if line]


def label(point: Point) -> str:
    """System and pruning."""
    return f"{point.system} {point.pruning}".strip()


def _best(seen: Seen, best: int) -> str:
    point, cost = seen.points[best], seen.points[best].mean(POSTINGS)
    at = "" if cost is None else f", reading {cost:,.0f} postings a query"
    line = f"{label(point)} has the highest {seen.measure}, {_mean(seen, best)}{at}."
    close = [i for i in range(len(seen.points)) if i != best and not _is_sure(seen, i, best)]
    if len(seen.points) > 1 and seen.queries > 1:
        found = _number(len(close), "other is not", "others are not") if close else "every other is"
        line += f" On these {seen.queries:,} queries {found} significantly below it."
    return line


def _cheapest_like(seen: Seen, best: int) -> str:
    """The cheapest point that is not significantly below the best, and what it saves."""
    costs = [point.mean(POSTINGS) for point in seen.points]
    top = costs[best]
    like = [
        i
        for i, cost in enumerate(costs)
        if cost is not None and i != best and not _is_sure(seen, i, best)
    ]
    if top is None or not like:
        return ""
    i = min(like, key=lambda i: (costs[i] or 0.0, i))
    cost = costs[i] or 0.0
    if cost >= top:
        return ""
    low, high = seen.pairs.low[i, best], seen.pairs.high[i, best]
    return (
        f"The cheapest of those is {label(seen.points[i])}: {cost:,.0f} postings a query, "
        f"{1 - cost / top:.0%} fewer, with {seen.measure} {_mean(seen, i)}; the difference is "
        f"{seen.pairs.difference[i, best]:+.3f}, 95% interval {low:+.3f} to {high:+.3f}. Not "
        f"significant does not mean equal: the interval says how much may be lost."
    )


def _front(seen: Seen) -> str:
    costs = [point.mean(POSTINGS) for point in seen.points]
    front = pareto(costs, seen.means)
    if len(front) < 2:
        return ""
    shown = ", ".join(
        f"{label(seen.points[i])} ({costs[i]:,.0f} postings, {_mean(seen, i)})" for i in front
    )
    off = [i for i, point in enumerate(seen.points) if point.is_bm25 and i not in front]
    return f"No point is more effective at a lower cost than these: {shown}." + (
        " BM25 is not among them." if off else ""
    )


def _against(seen: Seen) -> str:
    """How many points are above and below the baseline, corrected as the table's marks are."""
    base = seen.baseline
    others = [i for i in range(len(seen.points)) if i != base]
    if base is None or not others or seen.queries < 2:
        return ""
    p = holm([float(np.nan_to_num(seen.pairs.p[i, base], nan=1.0)) for i in others])
    sure = [i for i, value in zip(others, p, strict=True) if value < ALPHA]
    above = [i for i in sure if seen.pairs.difference[i, base] > 0]
    below = [i for i in sure if seen.pairs.difference[i, base] < 0]
    rest = len(others) - len(sure)
    return (
        f"Against {label(seen.points[base])} ({seen.measure} {_mean(seen, base)}): "
        f"{len(above)} significantly above{_named(seen, above)}, {len(below)} below"
        f"{_named(seen, below)}, {rest} undecided (paired permutation tests, Holm over "
        f"{len(others)})."
    )


def _is_sure(seen: Seen, i: int, j: int) -> bool:
    """Whether two points differ: alone, uncorrected, so that little is called alike."""
    p = seen.pairs.p[i, j]
    return bool(p < ALPHA) or seen.means[i] is None


def _mean(seen: Seen, i: int) -> str:
    return f"{seen.means[i]:.3f}"


def _named(seen: Seen, places: Sequence[int]) -> str:
    shown = ", ".join(label(seen.points[i]) for i in places[:3])
    more = f" and {len(places) - 3} more" if len(places) > 3 else ""
    return f" ({shown}{more})" if places else ""


def _number(count: int, one: str, several: str) -> str:
    return f"{count} {one if count == 1 else several}"
