"""What the page's plot can show: measures of effectiveness, and costs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from harness.evaluation.names import is_effectiveness
from harness.report.points import Point
from harness.report.predictions import PREDICTED
from harness.runs.perquery import LATENCY, POSTINGS, QUERY_TERMS


class Cost(NamedTuple):
    """A cost that points have.

    Attributes:
        key: its name in the page's data.
        label: for people, with the unit.
        of: a point's mean, None where it has none.
    """

    key: str
    label: str
    of: Callable[[Point], float | None]


def measures_of(points: Sequence[Point], first: Sequence[str]) -> list[str]:
    """Measures of effectiveness that any point has, the given ones first."""
    names = [str(n) for point in points for n in point.values["measure"].unique()]
    return list(dict.fromkeys([*first, *(n for n in names if is_effectiveness(n))]))


def costs_of(points: Sequence[Point]) -> list[Cost]:
    """The costs that any point has."""
    return [cost for cost in _COSTS if any(cost.of(point) is not None for point in points)]


def _fact(*path: str, scale: float = 1.0) -> Callable[[Point], float | None]:
    """A number among a point's facts."""

    def value(point: Point) -> float | None:
        found: Any = dict(point.facts)
        for name in path:
            found = found.get(name) if isinstance(found, dict) else None
        number = isinstance(found, int | float) and not isinstance(found, bool)
        return float(found) * scale if number else None

    return value


def _latency(point: Point) -> float | None:
    found = _fact("latency_mean_ms")(point)
    return point.mean(LATENCY) if found is None else found


_COSTS = (
    Cost(POSTINGS, "postings a query", lambda point: point.mean(POSTINGS)),
    Cost("scored", "scored postings a query", _fact("touched", "scored", "mean")),
    Cost("flops", "FLOPS", _fact("flops")),
    Cost("latency_mean_ms", "latency, ms a query", _latency),
    Cost(PREDICTED, "predicted latency, ms a query", _fact(PREDICTED)),
    Cost("index_mb", "index, MB", _fact("index_bytes", scale=1e-6)),
    Cost(QUERY_TERMS, "terms a query", lambda point: point.mean(QUERY_TERMS)),
    Cost("document_terms", "terms a document", _fact("document_terms")),
)
