"""Run and judgments as the tools get them: numbers for ids, and scores without ties.

The tools behind ir_measures take ids apart (gdeval keeps what follows a hyphen, and only digits)
and break ties in different ways. Numbers in place of ids, and a score that counts down with the
rank, leave them nothing to interpret: all see the ranking of the run itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ground.errors import InputError
from harness.runs.runfile import Run

if TYPE_CHECKING:
    import pandas as pd

_UNRETRIEVED = "0"

Judgments = dict[str, dict[str, int]]
Ranking = dict[str, dict[str, float]]


@dataclass(frozen=True)
class Numbered:
    """Judgments and ranking of the judged queries.

    Attributes:
        queries: number to query id, in ascending order of the ids.
        judgments: query number to document number to grade; every judged query is there.
        ranking: query number to document number to score, best first; only queries with results.
            The scores are whole and above zero: Compat takes what was not retrieved for zero.
    """

    queries: dict[str, str]
    judgments: Judgments
    ranking: Ranking


def number(run: Run, qrels: pd.DataFrame) -> Numbered:
    """Number the judged queries, and within each its documents by rank, then those not retrieved.

    Args:
        run: the results.
        qrels: columns query_id, doc_id, relevance.
    """
    grades = _by_query(qrels)
    numbers = {query: str(i) for i, query in enumerate(sorted(grades), 1)}
    results = {query: docs.tolist() for query, docs, _ in run if query in grades and len(docs)}
    longest = max((len(docs) for docs in results.values()), default=0)
    ranks = [str(rank) for rank in range(1, longest + 1)]  # made once: runs have millions
    judgments: Judgments = {}
    ranking: Ranking = {}
    for query, n in numbers.items():
        docs = results.get(query, [])
        judgments[n] = _judged(docs, ranks, grades[query])
        if docs:
            ranking[n] = dict(zip(ranks, map(float, range(len(docs), 0, -1)), strict=False))
    return Numbered({n: query for query, n in numbers.items()}, judgments, ranking)


def _by_query(qrels: pd.DataFrame) -> Judgments:
    grades: Judgments = {}
    columns = (qrels[name].tolist() for name in ("query_id", "doc_id", "relevance"))
    for query, document, relevance in zip(*columns, strict=True):
        known = grades.setdefault(query, {})
        if known.setdefault(document, int(relevance)) != relevance:
            raise InputError(
                f"Query {query!r} and document {document!r} are judged {known[document]} and "
                f"{relevance}. Keep one of the two."
            )
    return grades


def _judged(docs: list[str], ranks: list[str], grades: dict[str, int]) -> dict[str, int]:
    places = {doc: rank for doc, rank in zip(docs, ranks, strict=False) if doc in grades}
    others = _after(len(docs), (doc for doc in grades if doc not in places))
    numbered = {(places.get(doc) or others[doc]): grade for doc, grade in grades.items()}
    # trec_eval crashes on a query whose grades are all below zero; a judged document that is
    # neither relevant nor retrieved changes no value, for there is nothing relevant.
    return numbered if max(grades.values()) >= 0 else {**numbered, _UNRETRIEVED: 0}


def _after(retrieved: int, docs: Iterable[str]) -> dict[str, str]:
    return {doc: str(retrieved + i) for i, doc in enumerate(docs, 1)}
