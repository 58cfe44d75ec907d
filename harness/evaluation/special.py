"""Measures that are not taken from ir_measures as they are, and why."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from ground.errors import InputError, IntegrityError
from harness.evaluation.numbered import Numbered


def interpolated_precision(measure: Any, data: Numbered) -> dict[str, float]:
    """IPrec by trec_eval itself: ir_measures rounds the recall to two decimals."""
    import pytrec_eval

    # Not as 1e-05, of which the tool would read the 1.
    recall = f"{Decimal(repr(measure['recall'])):f}"
    evaluator = pytrec_eval.RelevanceEvaluator(
        data.judgments,
        [f"iprec_at_recall_{recall}"],
        relevance_level=measure["rel"],
        judged_docs_only_flag=measure["judged_only"],
    )
    found = evaluator.evaluate(data.ranking)
    if found.keys() != data.ranking.keys() or any(len(values) != 1 for values in found.values()):
        raise IntegrityError(f"{measure}: its tool did not return each query once.")
    values = dict.fromkeys(data.judgments, 0.0)
    for query, labelled in found.items():
        # Where no result is judged, trec_eval divides zero by zero.
        if not measure["judged_only"] or _any_judged(query, data):
            values[query] = float(*labelled.values())
    return values


def _any_judged(query: str, data: Numbered) -> bool:
    grades = data.judgments[query]
    return any(grades.get(document, -1) >= 0 for document in data.ranking[query])


def number_of_queries(measure: Any, data: Numbered) -> dict[str, float]:
    """NumQ: one a judged query; ir_measures counts those that the run answers."""
    return dict.fromkeys(data.judgments, 1.0)


def number_of_relevant(measure: Any, data: Numbered) -> dict[str, float]:
    """NumRel, of queries without results too: it does not depend on the run."""
    level = measure["rel"]
    return {
        query: float(sum(grade >= level for grade in grades.values()))
        for query, grades in data.judgments.items()
    }


def accuracy(measure: Any, data: Numbered) -> dict[str, float]:
    """Accuracy, the share of (relevant, other) pairs of results in the right order.

    Raises:
        InputError: a query has no such pair; ir_measures leaves it out of the mean, or fails.
    """
    values = {}
    for query in data.judgments:
        grades = data.judgments[query]
        results = list(data.ranking.get(query, {}))[: measure.params.get("cutoff")]
        relevant = [grades.get(document, 0) >= measure["rel"] for document in results]
        if all(relevant) or not any(relevant):
            raise InputError(
                f"{measure} has no value for query {data.queries[query]!r}: among its results "
                f"there has to be a relevant document and one that is not. Choose another measure."
            )
        values[query] = _ordered(relevant)
    return values


def _ordered(relevant: list[bool]) -> float:
    others = wrong = 0
    for is_relevant in relevant:
        others += not is_relevant
        wrong += others if is_relevant else 0
    return 1 - wrong / (others * sum(relevant))


SPECIAL: dict[str, Callable[[Any, Numbered], dict[str, float]]] = {
    "IPrec": interpolated_precision,
    "NumQ": number_of_queries,
    "NumRel": number_of_relevant,
    "Accuracy": accuracy,
}
"""Name of a measure to what computes it."""
