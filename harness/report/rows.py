"""The columns of a table of points, and the values that stand in them."""

from __future__ import annotations

from collections.abc import Sequence

from ground.errors import InputError
from harness.report.points import Point
from harness.report.predictions import PREDICTED
from harness.report.tables import Column, Value, measure_column
from harness.runs.perquery import LATENCY, POSTINGS, QUERY_TERMS

_COSTS = (
    Column(POSTINGS, "postings/query", 0, False),
    Column("postings_p95", "p95 postings", 0, False, minor=True),
    Column(QUERY_TERMS, "terms/query", 1, minor=True),
    Column("document_terms", "terms/doc", 1, minor=True),
    Column("flops", "FLOPS", 3, False, minor=True),
    Column("covariance_share", "cov. share", 2, minor=True),
    Column("index_mb", "index MB", 1, False, minor=True),
    Column("latency_mean_ms", "latency ms", 2, False),
    Column("latency_p95_ms", "p95 ms", 2, False, minor=True),
    Column(PREDICTED, "predicted ms", 2, minor=True),
)


def row_values(point: Point, measures: Sequence[str]) -> dict[str, Value]:
    """The values of a point by column: its names, its effectiveness, its costs."""
    from harness.evaluation import aggregate

    facts = point.facts
    bytes_ = facts.get("index_bytes")
    postings = point.by_query(POSTINGS)
    values: dict[str, Value] = {
        "name": point.name,
        "system": point.system,
        "pruning": point.pruning,
        **{c.key: facts.get(c.key) for c in _COSTS},
        POSTINGS: point.mean(POSTINGS),
        "postings_p95": float(postings.quantile(0.95)) if len(postings) else None,
        QUERY_TERMS: point.mean(QUERY_TERMS),
        "latency_mean_ms": facts.get("latency_mean_ms", point.mean(LATENCY)),
        "index_mb": None if bytes_ is None else bytes_ / 1e6,
    }
    wanted = point.values[point.values["measure"].isin(list(measures))]
    further = {name: point.mean(name) for name in further_costs([point])}
    return {**values, **aggregate(wanted), **further}


def further_costs(points: Sequence[Point]) -> list[str]:
    """Names of costs by measures of other packages."""
    from harness.evaluation import is_effectiveness

    known = {POSTINGS, QUERY_TERMS, LATENCY}
    names = (str(name) for point in points for name in point.values["measure"].unique())
    return [n for n in dict.fromkeys(names) if n not in known and not is_effectiveness(n)]


def table_columns(
    values: Sequence[dict[str, Value]], measures: Sequence[str], further: Sequence[str] = ()
) -> tuple[Column, ...]:
    """The columns that any row has a value for.

    Args:
        values: of the rows.
        measures: of effectiveness; every one of them has a column.
        further: costs by measures of other packages.

    Raises:
        InputError: no row has a value of a measure.
    """
    columns = [Column("system", "system")]
    if any(row["pruning"] for row in values):
        columns.append(Column("pruning", "qk:dk"))
    labels = [(row["system"], row["pruning"]) for row in values]
    if len(set(labels)) < len(labels):
        columns.insert(0, Column("name", "name"))
    for measure in measures:
        numbers = [row.get(measure) for row in values]
        if all(number is None for number in numbers):
            raise InputError(
                f"No system has values of {measure!r}. Give the judgments with --qrels, so that "
                f"it can be computed from the runs, or choose another measure."
            )
        columns.append(measure_column(measure, numbers))
    costs = [*_COSTS, *(Column(name, name, 1, False, minor=True) for name in further)]
    columns += [c for c in costs if any(row.get(c.key) is not None for row in values)]
    return tuple(columns)
