"""Which queries and documents a run and the judgments share, and what a reader should know."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ground.errors import InputError
from harness.runs.runfile import Run

if TYPE_CHECKING:
    import pandas as pd

_SHOWN = 5
_FEW = 100
"""One known document in a hundred is few; of fewer than a hundred, it takes luck to know one."""

_DEEP = 10
"""Fewer results a query are rather those of a small collection, or of few matches."""


@dataclass(frozen=True)
class Coverage:
    """Which judged queries a run answers, and whether both mean the same documents.

    Attributes:
        judged: number of queries with at least one judgment.
        answered: number of those with results in the run.
        missing: ids of judged queries without results, ascending; they count as zero.
        unjudged: ids of queries in the run without judgments, ascending; they are ignored.
        documents: distinct documents of the run.
        judged_documents: distinct documents judged for the answered queries.
        found_documents: those of ``judged_documents`` that are anywhere in the run.
        any_relevant: whether any judgment has a grade above zero.
        any_judged: whether a document of the run is judged for any query at all.
        examples: the first id in the run, and the first in the judgments.
        depth: results that (nearly) each query has, as where a search ends; 0 if they differ.
        cut_short: measures that look deeper than that.
        in_collection: how many of ``documents`` are in the collection; None if nobody looked.
    """

    judged: int
    answered: int
    missing: tuple[str, ...]
    unjudged: tuple[str, ...]
    documents: int = 0
    judged_documents: int = 0
    found_documents: int = 0
    any_relevant: bool = True
    any_judged: bool = True
    examples: tuple[str, str] = ("", "")
    depth: int = 0
    cut_short: tuple[str, ...] = ()
    in_collection: int | None = None

    @property
    def strange(self) -> bool:
        """Whether (nearly) no document of the run is judged, as when ids are written otherwise."""
        least = min(self.documents, self.judged_documents)
        few = least >= _FEW and self.found_documents * _FEW < least
        return few or not self.any_judged

    def notes(self) -> list[str]:
        """What a reader of the results should know, a sentence each; empty if all is well."""
        notes = []
        if self.missing:
            notes.append(
                f"{len(self.missing):,} of {self.judged:,} judged queries have no results and "
                f"count as zero ({first(self.missing)})."
            )
        if self.unjudged:
            notes.append(
                f"{len(self.unjudged):,} queries of the run have no judgments and are ignored "
                f"({first(self.unjudged)})."
            )
        if not self.any_relevant:
            notes.append("No judged document is relevant (no grade is above 0): all is zero.")
        if self.cut_short:
            notes.append(
                f"The run ends at {self.depth:,} results a query, and {', '.join(self.cut_short)} "
                f"cannot see further."
            )
        return notes + ([self._strangers()] if self.strange else [])

    def _strangers(self) -> str:
        here, there = self.examples
        if self.any_judged:
            what = (
                f"Only {self.found_documents:,} of the {self.judged_documents:,} documents judged "
                f"for these queries are in the run"
            )
        else:
            what = "None of the run's documents is judged for any query"
        ids = f"{what}: check that both name documents alike ({here!r} here, {there!r} there)"
        if self.in_collection is None:
            return f"{ids}."
        share = f"{self.in_collection:,} of {self.documents:,}" if self.in_collection else "none"
        return f"{ids}; {share} of them {'are' if self.in_collection else 'is'} in the collection."


def coverage(
    run: Run,
    qrels: pd.DataFrame,
    collection: Callable[[], Iterable[str]] | None = None,
    measures: Sequence[str] = (),
) -> Coverage:
    """Compare the queries and documents of a run with those of the judgments (see `Coverage`).

    Args:
        run: the results.
        qrels: columns query_id, doc_id, relevance.
        collection: gives the ids of all documents; called only if those of the run are strange
            to the judgments.
        measures: what is computed, to say what looks deeper than the run goes.
    """
    judged = set(qrels["query_id"])
    found = {query for query, docs, _ in run if len(docs)}
    documents = set(run.doc_ids.tolist())
    depth = _depth(run)
    answered = set(qrels["doc_id"][qrels["query_id"].isin(judged & found)])
    result = Coverage(
        judged=len(judged),
        answered=len(judged & found),
        missing=tuple(sorted(judged - found)),
        unjudged=tuple(sorted(found - judged)),
        documents=len(documents),
        judged_documents=len(answered),
        found_documents=len(answered & documents),
        any_relevant=bool((qrels["relevance"] > 0).any()),
        any_judged=not documents.isdisjoint(qrels["doc_id"]),
        depth=depth,
        cut_short=tuple(name for name in measures if 0 < depth < _cutoff(name)),
        examples=(min(documents, default=""), min(answered, default="")),
    )
    if collection is None or not result.strange:
        return result
    return replace(result, in_collection=len(documents.intersection(collection())))


def _depth(run: Run) -> int:
    """Where the search ended: what nine in ten queries have, and none more; or 0."""
    depths = [len(docs) for _, docs, _ in run if len(docs)]
    most = max(depths, default=0)
    return most if most >= _DEEP and depths.count(most) >= 0.9 * len(depths) else 0


def _cutoff(measure: str) -> int:
    from harness.evaluation.names import parse_measures

    return int(parse_measures([measure])[0].params.get("cutoff", 0))


def require_common_query(run: Run, qrels: pd.DataFrame) -> None:
    """Refuse a run that answers no judged query: its ids are others, or it is empty.

    Raises:
        InputError: with the ids of both, or with how many queries were searched in vain.
    """
    judged = set(qrels["query_id"])
    if any(len(docs) and query in judged for query, docs, _ in run):
        return
    if searched := sorted(judged.intersection(run.query_ids)):
        raise InputError(
            f"No query has any result: {len(searched):,} of {len(judged):,} judged queries were "
            f"searched ({first(searched)}), and nothing was found. Check that the queries have "
            f"terms, that the index has content, and that both are of one encoder or analyzer."
        )
    raise InputError(
        f"The run and the judgments share no query: the run has {len(run):,} "
        f"({first(run.query_ids)}), the judgments {len(judged):,} ({first(sorted(judged))}). "
        f"Check that both belong to the same data set and split."
    )


def first(ids: Sequence[str]) -> str:
    """The first few of some ids, for a message."""
    if not ids:
        return "none"
    return ", ".join(ids[:_SHOWN]) + (", ..." if len(ids) > _SHOWN else "")
