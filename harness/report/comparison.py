"""From points to one table: effectiveness, costs, and significance of differences."""

from __future__ import annotations

from collections.abc import Sequence

from ground.errors import InputError
from harness.evaluation.significance import Comparison, Settings, compare, compare_all
from harness.report.columns import LETTER
from harness.report.marks import (
    baseline_legend,
    baseline_marks,
    letter_legend,
    letter_marks,
    letters,
)
from harness.report.notes import query_notes, shared_notes
from harness.report.points import Point
from harness.report.predictions import prediction_notes
from harness.report.rows import further_costs, row_values, table_columns
from harness.report.tables import Row, Table


def build_table(
    points: Sequence[Point],
    measures: Sequence[str],
    baseline: str | None = None,
    comparisons: Sequence[Comparison] | None = None,
    caption: str = "",
    settings: Settings | None = None,
    lettered: bool = False,
) -> Table:
    """Put points into a table, a row each in the order given.

    Args:
        points: what to show; all values come from their per-query tables and facts.
        measures: names of the columns of effectiveness.
        baseline: name of the point that the others are tested against; None for no tests.
        comparisons: the tests, if they are made already (see `compare_points`, `compare_pairs`).
        caption: one line above the table.
        settings: how they were tested.
        lettered: mark a value by the letters of the systems that it is above: ``comparisons`` are
            of all pairs then, and there is no baseline.

    Returns:
        The table. Columns of cost that no point has a value for are left out.

    Raises:
        InputError: no point has this name, or a measure is in none of the tables.
    """
    settings = settings or Settings()
    if lettered:
        baseline = None
        comparisons = comparisons or compare_pairs(points, measures, settings)
    elif baseline is not None:
        baseline = find_baseline(points, baseline)
        if comparisons is None:
            comparisons = compare_points(points, measures, baseline, settings)
    comparisons = comparisons or []
    values = [row_values(point, measures) for point in points]
    columns = table_columns(values, measures, further_costs(points))
    said = _said(points, measures, baseline)
    letter_of = letters([point.name for point in points])
    if lettered:
        for point, row in zip(points, values, strict=True):
            row[LETTER.key] = letter_of[point.name]
        columns, marks = (LETTER, *columns), letter_marks(comparisons, letter_of)
    else:
        marks = baseline_marks(comparisons)
    rows = [
        Row(
            values=row,
            marks={m: mark for m in measures if (mark := marks.get((point.name, m)))},
            baseline=point.name == baseline,
            notes=tuple(said[point.name]),
        )
        for point, row in zip(points, values, strict=True)
    ]
    if lettered or baseline is None:
        legend = letter_legend(comparisons, settings, letter_of)
    else:
        legend = baseline_legend(baseline, comparisons, settings)
    if any(point.pruning for point in points):
        legend = ["qk:dk: most terms kept per query and document; 0 keeps all.", *legend]
    notes = (*legend, *_latency_notes(points), *prediction_notes(points), *shared_notes(said))
    return Table(columns, tuple(rows), caption, notes, tuple(legend))


def _said(
    points: Sequence[Point], measures: Sequence[str], baseline: str | None
) -> dict[str, list[str]]:
    """What is to be noted of each point, every sentence once."""
    queries = query_notes(points, measures, baseline)
    return {
        p.name: list(dict.fromkeys([*p.notes, *p.made, *queries.get(p.name, [])])) for p in points
    }


def compare_points(
    points: Sequence[Point],
    measures: Sequence[str],
    baseline: str,
    settings: Settings | None = None,
) -> list[Comparison]:
    """Test every point against the baseline, corrected over all points and measures.

    Raises:
        InputError: no point has the baseline's name, or a value is not a number.
    """
    name = find_baseline(points, baseline)
    return compare(_by_system(points, measures), name, measures, settings=settings)


def compare_pairs(
    points: Sequence[Point],
    measures: Sequence[str],
    settings: Settings | None = None,
    baseline: str | None = None,
) -> list[Comparison]:
    """Test every pair of points, corrected over all pairs and measures.

    Args:
        points: of whose pairs the earlier one is the baseline.
        measures: of effectiveness.
        settings: how they are tested.
        baseline: name of the point that is the baseline of all its pairs.

    Raises:
        InputError: a value is not a number.
    """
    ordered = sorted(points, key=lambda point: point.name != baseline)
    return compare_all(_by_system(ordered, measures), measures, settings=settings)


def _by_system(
    points: Sequence[Point], measures: Sequence[str]
) -> dict[str, dict[str, dict[str, float]]]:
    return {p.name: {m: _as_mapping(p, m) for m in measures} for p in points}


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
