"""Effectiveness of a run, per query and aggregated, by ir_measures and safe against ties."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.errors import InputError
from harness.runfile import Run

if TYPE_CHECKING:
    import pandas as pd

DEFAULT_MEASURES = ("RR@10", "R@10", "nDCG@10")

_EXAMPLES = "RR@10, R@1000, nDCG@10, AP, P(rel=2)@5, Judged@10"
_SHOWN = 5


@dataclass(frozen=True)
class Coverage:
    """Which judged queries a run answers.

    Attributes:
        judged: number of queries with at least one judgment.
        answered: number of those with results in the run.
        missing: ids of judged queries without results, ascending; they count as zero.
        unjudged: ids of queries in the run without judgments, ascending; they are ignored.
    """

    judged: int
    answered: int
    missing: tuple[str, ...]
    unjudged: tuple[str, ...]

    def notes(self) -> list[str]:
        """What a reader of the results should know, a sentence each; empty if all is well."""
        notes = []
        if self.missing:
            notes.append(
                f"{len(self.missing)} of {self.judged} judged queries have no results and count "
                f"as zero ({_first(self.missing)})."
            )
        if self.unjudged:
            notes.append(
                f"{len(self.unjudged)} queries of the run have no judgments and are ignored "
                f"({_first(self.unjudged)})."
            )
        return notes


def split_measures(text: str) -> list[str]:
    """Split a list of measures at spaces and commas, except within parentheses."""
    return [part for part in re.split(r"[\s,]+(?![^()]*\))", text) if part]


def parse_measures(names: Iterable[str]) -> list[Any]:
    """Turn names such as ``nDCG@10`` into ir_measures objects; ``str()`` gives the name back.

    Raises:
        InputError: a name is not a measure, or nothing that is installed can compute it.
    """
    import ir_measures

    providers = ir_measures.DefaultPipeline.providers
    measures: list[Any] = []
    for name in names:
        try:
            measure = ir_measures.parse_measure(name)
            # Unknown parameters and values are only found (by assertions) when it is resolved.
            supported = any(p.is_available() and p.supports(measure) for p in providers)
        except (ValueError, NameError, AssertionError, TypeError, KeyError) as error:
            raise InputError(_not_a_measure(name, str(error))) from None
        if not supported:
            raise InputError(_not_a_measure(name, "no installed package computes it"))
        if measure not in measures:
            measures.append(measure)
    if not measures:
        raise InputError(f"No measure is given. Examples: {_EXAMPLES}.")
    return measures


def coverage(run: Run, qrels: pd.DataFrame) -> Coverage:
    """Compare the queries of a run with those of the judgments (see `Coverage`)."""
    judged = set(qrels["query_id"])
    found = {query for query, docs, _ in run if len(docs)}
    return Coverage(
        judged=len(judged),
        answered=len(judged & found),
        missing=tuple(sorted(judged - found)),
        unjudged=tuple(sorted(found - judged)),
    )


def evaluate(
    run: Run, qrels: pd.DataFrame, measures: Sequence[str] = DEFAULT_MEASURES
) -> pd.DataFrame:
    """Compute measures per query.

    ir_measures sends RR to one library and RR@10 to another, and these break ties in opposite
    orders. So that all see the ranking of the run itself (score, then document id ascending),
    they are given minus the rank as the score.

    Args:
        run: the results.
        qrels: columns query_id (str), doc_id (str), relevance (int).
        measures: anything that ir_measures knows.

    Returns:
        Columns query (str), measure (str, as ir_measures prints it) and value (float64), with
        one row for each judged query and measure. A judged query without results gets the
        measure's default, zero for all common ones, and so does, as in trec_eval, a query none
        of whose judged documents is relevant. Queries without judgments are left out.

    Raises:
        InputError: a measure is not known, or run and judgments share no query.
    """
    import ir_measures
    import pandas as pd

    parsed = parse_measures(measures)
    _require_common_query(run, coverage(run, qrels))
    judgments = _nested(qrels)
    evaluator = ir_measures.evaluator(parsed, judgments)
    ranking = {query: _surrogates(docs) for query, docs, _ in run if query in judgments}
    rows = [(m.query_id, str(m.measure), float(m.value)) for m in evaluator.iter_calc(ranking)]
    order = {str(measure): i for i, measure in enumerate(parsed)}
    rows.sort(key=lambda row: (order[row[1]], row[0]))
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
    result = {}
    for name, group in values.groupby("measure", sort=False):
        aggregator = _aggregator(str(name))
        for value in group["value"].tolist():
            aggregator.add(value)
        result[str(name)] = float(aggregator.result())
    return result


def is_effectiveness(name: str) -> bool:
    """Whether ir_measures knows this name, rather than its being a cost."""
    import ir_measures

    try:
        ir_measures.parse_measure(name)
    except (ValueError, NameError, TypeError, KeyError, AttributeError):
        return False
    return True


def read_and_evaluate(
    path: Path, qrels: pd.DataFrame, measures: Sequence[str] = DEFAULT_MEASURES
) -> tuple[pd.DataFrame, Coverage]:
    """Read a run file, evaluate it, and say which queries it answers."""
    from harness.runfile import read_run

    run = read_run(path)
    try:
        return evaluate(run, qrels, measures), coverage(run, qrels)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


def _aggregator(name: str) -> Any:
    import ir_measures

    # Any measure of precision has the plain mean.
    return ir_measures.parse_measure(name if is_effectiveness(name) else "P@1").aggregator()


def _nested(qrels: pd.DataFrame) -> dict[str, dict[str, int]]:
    judgments: dict[str, dict[str, int]] = {}
    columns = (qrels[name].tolist() for name in ("query_id", "doc_id", "relevance"))
    for query, document, relevance in zip(*columns, strict=True):
        judgments.setdefault(query, {})[document] = int(relevance)
    return judgments


def _surrogates(docs: Any) -> dict[str, float]:
    return {document: -float(rank) for rank, document in enumerate(docs.tolist(), 1)}


def _require_common_query(run: Run, found: Coverage) -> None:
    if found.answered:
        return
    raise InputError(
        f"The run and the judgments share no query: the run has {len(run)} "
        f"({_first(run.query_ids)}), the judgments {found.judged} ({_first(found.missing)}). "
        f"Check that both belong to the same data set and split."
    )


def _first(ids: Sequence[str]) -> str:
    if not ids:
        return "none"
    return ", ".join(ids[:_SHOWN]) + (", ..." if len(ids) > _SHOWN else "")


def _not_a_measure(name: str, why: str) -> str:
    return (
        f"{name!r} is not a measure that can be computed here ({why.strip() or 'bad parameters'})."
        f" Examples: {_EXAMPLES}. All of them: https://ir-measur.es"
    )
