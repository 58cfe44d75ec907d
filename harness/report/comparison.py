"""From points to one table: effectiveness, costs, and significance against a baseline."""

from __future__ import annotations

from collections.abc import Sequence

from ground.errors import InputError
from harness.evaluation.significance import RESAMPLES, Comparison, compare
from harness.report.notes import query_notes, shared_notes
from harness.report.points import Point
from harness.report.predictions import PREDICTED, prediction_notes
from harness.report.tables import Column, Row, Table, Value, measure_column
from harness.runs.perquery import LATENCY, POSTINGS, QUERY_TERMS

ALPHA = 0.05
BETTER, WORSE = "▲", "▼"

_COSTS = (
    Column(POSTINGS, "postings/query", 0, False),
    Column("postings_p95", "p95 postings", 0, False),
    Column(QUERY_TERMS, "terms/query", 1),
    Column("document_terms", "terms/doc", 1),
    Column("flops", "FLOPS", 3, False),
    Column("covariance_share", "cov. share", 2),
    Column("index_mb", "index MB", 1, False),
    Column("latency_mean_ms", "latency ms", 2, False),
    Column("latency_p95_ms", "p95 ms", 2, False),
    Column(PREDICTED, "predicted ms", 2),
)


def build_table(
    points: Sequence[Point],
    measures: Sequence[str],
    baseline: str | None = None,
    comparisons: Sequence[Comparison] | None = None,
    caption: str = "",
) -> Table:
    """Put points into a table, a row each in the order given.

    Args:
        points: what to show; all values come from their per-query tables and facts.
        measures: names of the columns of effectiveness.
        baseline: name of the point that the others are tested against; None for no tests.
        comparisons: the tests, if they are made already (see `compare_points`).
        caption: one line above the table.

    Returns:
        The table. Columns of cost that no point has a value for are left out.

    Raises:
        InputError: no point has this name, or a measure is in none of the tables.
    """
    if baseline is not None:
        baseline = find_baseline(points, baseline)
        if comparisons is None:
            comparisons = compare_points(points, measures, baseline)
    comparisons = comparisons or []
    values = [_row_values(point, measures) for point in points]
    queries = query_notes(points, measures, baseline)
    said = {
        p.name: list(dict.fromkeys([*p.notes, *p.made, *queries.get(p.name, [])])) for p in points
    }
    columns = _columns(values, measures, _further(points))
    marks = {(c.system, c.measure): _mark(c) for c in comparisons}
    rows = [
        Row(
            values=row,
            marks={m: mark for m in measures if (mark := marks.get((point.name, m)))},
            baseline=point.name == baseline,
            notes=tuple(said[point.name]),
        )
        for point, row in zip(points, values, strict=True)
    ]
    notes = (*_notes(points, baseline, comparisons), *shared_notes(said))
    return Table(columns, tuple(rows), caption, notes)


def compare_points(
    points: Sequence[Point], measures: Sequence[str], baseline: str
) -> list[Comparison]:
    """Test every point against the baseline, Holm over all points and measures.

    Raises:
        InputError: no point has the baseline's name, or a value is not a number.
    """
    name = find_baseline(points, baseline)
    systems = {p.name: {m: _as_mapping(p, m) for m in measures} for p in points}
    return compare(systems, name, measures)


def find_baseline(points: Sequence[Point], baseline: str) -> str:
    """The name of the point that is meant: by its name, or by a system that has one point.

    Raises:
        InputError: there is none, or several.
    """
    if any(point.name == baseline for point in points):
        return baseline
    same = [p.name for p in points if p.system.casefold() == baseline.casefold()]
    if len(same) == 1:
        return same[0]
    what = f"{len(same)} points have the system" if same else "there is no point named"
    raise InputError(
        f"The baseline is unclear: {what} {baseline!r}. Choose one of: "
        f"{', '.join(point.name for point in points)}."
    )


def default_baseline(points: Sequence[Point]) -> str | None:
    """BM25 if it is among the points exactly once, else the first point; None if it is alone."""
    if len(points) < 2:
        return None
    budget = [point.name for point in points if point.is_bm25]
    return budget[0] if len(budget) == 1 else points[0].name


def _as_mapping(point: Point, measure: str) -> dict[str, float]:
    values = point.by_query(measure)
    if values.isna().any():
        raise InputError(
            f"{point.name} has no number for {measure} and query {values.index[values.isna()][0]}. "
            f"Compute its values again: give the judgments with --qrels or --dataset."
        )
    return dict(zip(values.index.astype(str), values.tolist(), strict=True))


def _row_values(point: Point, measures: Sequence[str]) -> dict[str, Value]:
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
    further = {name: point.mean(name) for name in _further([point])}
    return {**values, **aggregate(wanted), **further}


def _further(points: Sequence[Point]) -> list[str]:
    """Names of costs by measures of other packages."""
    from harness.evaluation import is_effectiveness

    known = {POSTINGS, QUERY_TERMS, LATENCY}
    names = (str(name) for point in points for name in point.values["measure"].unique())
    return [n for n in dict.fromkeys(names) if n not in known and not is_effectiveness(n)]


def _columns(
    values: Sequence[dict[str, Value]], measures: Sequence[str], further: Sequence[str] = ()
) -> tuple[Column, ...]:
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
    costs = [*_COSTS, *(Column(name, name, 1, False) for name in further)]
    columns += [c for c in costs if any(row.get(c.key) is not None for row in values)]
    return tuple(columns)


def _mark(comparison: Comparison) -> str:
    if not comparison.p_holm < ALPHA:
        return ""
    return BETTER if comparison.difference > 0 else WORSE


def _notes(
    points: Sequence[Point], baseline: str | None, comparisons: Sequence[Comparison]
) -> tuple[str, ...]:
    notes = []
    if any(point.pruning for point in points):
        notes.append("qk:dk: most terms kept per query and document; 0 keeps all.")
    if baseline is not None and comparisons:
        notes.append(
            f"{BETTER} {WORSE}: above or below {baseline}, p < {ALPHA} (paired permutation test, "
            f"{RESAMPLES:,} sign flips, Holm over {len(comparisons)} comparisons, "
            f"{max(c.queries for c in comparisons):,} queries)."
        )
    return (*notes, *_latency_notes(points), *prediction_notes(points))


def _latency_notes(points: Sequence[Point]) -> list[str]:
    """Which algorithm each latency belongs to: they differ in more than what they search."""
    systems: dict[str, list[str]] = {}
    for point in points:
        algorithm = point.facts.get("priced_algorithm", point.facts.get("algorithm"))
        if algorithm and point.facts.get("latency_mean_ms") is not None:
            named = systems.setdefault(str(algorithm), [])
            if point.system not in named:
                named.append(point.system)
    shown = "; ".join(f"{a} searched {', '.join(names)}" for a, names in systems.items())
    return [f"Latency: inside the JVM, one thread; {shown}."] if shown else []
