"""Values per query and over all queries."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ground.errors import InputError
from harness.evaluation.computing import compute
from harness.evaluation.coverage import Coverage, coverage, require_common_query
from harness.evaluation.grades import check_grades
from harness.evaluation.names import is_effectiveness, parse_measures
from harness.evaluation.numbered import number
from harness.runs.runfile import Run

if TYPE_CHECKING:
    import pandas as pd

DEFAULT_MEASURES = ("RR@10", "R@10", "nDCG@10")


def evaluate(
    run: Run, qrels: pd.DataFrame, measures: Sequence[str] = DEFAULT_MEASURES
) -> pd.DataFrame:
    """Compute measures per query.

    All measures see the ranking of the run itself (score, then document id ascending), and each
    has the value that it has alone.

    Args:
        run: the results.
        qrels: columns query_id (str), doc_id (str), relevance (int).
        measures: anything that ir_measures knows.

    Returns:
        Columns query (str), measure (str, as ir_measures prints it) and value (float64), with
        one row for each judged query and measure. A judged query without results counts as
        zero, and so does, as in trec_eval, a query none of whose judged documents is relevant.
        Queries without judgments are left out.

    Raises:
        InputError: a measure is not known, cannot take the grades, or has no value for a query;
            run and judgments share no query, or nothing was found for those that they share.
        IntegrityError: the tool that computes a measure failed, or left out a query.
    """
    import pandas as pd

    parsed = parse_measures(measures)
    check_grades(parsed, qrels)
    require_common_query(run, qrels)
    data = number(run, qrels)
    rows = [
        (query, str(measure), values[n])
        for measure, values in zip(parsed, compute(parsed, data), strict=True)
        for n, query in data.queries.items()
    ]
    return pd.DataFrame(rows, columns=["query", "measure", "value"])


def aggregate(values: pd.DataFrame) -> dict[str, float]:
    """Aggregate per-query values over all queries that have one.

    The mean, except for measures that ir_measures itself aggregates otherwise (NumRet and NumQ,
    for example, are sums). Names that are not measures of effectiveness (``postings``) are
    averaged.

    Args:
        values: columns query, measure and value, as `evaluate` returns them.

    Returns:
        Measure name to value, in the order of appearance.
    """
    import ir_measures

    result = {}
    for name, group in values.groupby("measure", sort=False):
        total, aggregator = math.fsum(group["value"].tolist()), _aggregator(str(name))
        if isinstance(aggregator, ir_measures.MeanAgg):
            result[str(name)] = total / len(group)
        else:
            aggregator.add(total)
            result[str(name)] = float(aggregator.result())
    return result


def read_and_evaluate(
    path: Path,
    qrels: pd.DataFrame,
    measures: Sequence[str] = DEFAULT_MEASURES,
    collection: Callable[[], Iterable[str]] | None = None,
) -> tuple[pd.DataFrame, Coverage]:
    """Read a run file, evaluate it, and say what it covers (see `coverage`)."""
    from harness.runs.runfile import read_run

    return evaluate_file(path, read_run(path), qrels, measures, collection)


def evaluate_file(
    path: Path,
    run: Run,
    qrels: pd.DataFrame,
    measures: Sequence[str] = DEFAULT_MEASURES,
    collection: Callable[[], Iterable[str]] | None = None,
) -> tuple[pd.DataFrame, Coverage]:
    """`evaluate` and `coverage` of a run that was read from a file, which errors then name."""
    try:
        return evaluate(run, qrels, measures), coverage(run, qrels, collection, measures)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


def _aggregator(name: str) -> Any:
    import ir_measures

    # Any measure of precision has the plain mean.
    return ir_measures.parse_measure(name if is_effectiveness(name) else "P@1").aggregator()
