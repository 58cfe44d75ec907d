"""Searching in two steps (arXiv 2404.13357): the ranking, what each step cost, what is certain."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ground.artifacts import Usage
from harness.evaluation import cost
from harness.lucene.impact_index import ImpactIndex
from harness.lucene.needed import NEVER, candidates_needed
from harness.lucene.two_step import TwoStepSearch
from harness.retrieval.certifying import certified, reaches
from harness.retrieval.outcome import Outcome, priced
from harness.retrieval.searching import PreparedQueries
from harness.runs import perquery


def search_two_steps(
    first: ImpactIndex,
    full: ImpactIndex,
    pruned: PreparedQueries,
    queries: PreparedQueries,
    *,
    k: int = 1000,
    candidates: int = 1000,
    threads: int = 1,
    repeats: int = 0,
    tag: str = "esplade",
    algorithm: str = "auto",
    needed: bool = False,
) -> Outcome:
    """Search a pruned index, rescore candidates with full vectors, and price both.

    Costs per query are those of step one on ``first`` as ever (``postings``, ``query_terms``), and

    ``lookups``            weights of full vectors that step two reads: of each candidate all of
                           them, whether the query has the term or not
    ``candidates``         documents that step one found
    ``certified``          1 if the results are surely the exact k best of ``full``, 0 otherwise;
                           see `harness.retrieval.certifying`
    ``candidates_needed``  if asked for: the fewest candidates that lose nothing; infinite where
                           one of the exact k best is not found by step one at all

    Latency is that of both steps.

    Args:
        first: a pruned index.
        full: the index that it is a pruning of.
        pruned: queries as step one searches them, prepared for ``first``.
        queries: the same queries as step two scores them, prepared for ``full``.
        k: results per query.
        candidates: documents to rescore, at least k.
        threads: that search; latency is always measured with one.
        repeats: passes for latency, after one that is discarded; 0 measures none.
        tag: name of the run.
        algorithm: of step one.
        needed: also find how many candidates each query needs; one more search of each index.

    Raises:
        InputError: ``first`` is no pruning of ``full``; fewer candidates than results; as
            `ImpactIndex.search`.
    """
    began = Usage.now()
    bounds = reaches(first, full, pruned, queries)
    search = TwoStepSearch(
        first, full, pruned.vectors, queries.vectors, k, candidates, algorithm, pruned.prune.least
    )
    found = search.search(threads, tag)
    none = np.empty((0, 0))
    seconds, second = search.latency(repeats) if repeats else (none, none)
    sure = certified(
        bounds, found.hits, found.steps, k=k, candidates=candidates, documents=first.num_docs
    )
    outcome = priced(first, pruned, found.result, seconds, search.touched(), algorithm)
    measures: dict[str, NDArray[Any]] = {
        perquery.LOOKUPS: found.steps.lookups,
        perquery.CANDIDATES: found.steps.candidates,
        perquery.CERTIFIED: sure,
    }
    facts: dict[str, Any] = {name: cost.summarise(measures[name]).to_dict() for name in measures}
    facts[perquery.CERTIFIED] = {"queries": int(sure.sum()), "share": _share(sure)}
    if needed:
        counts = candidates_needed(search, threads)
        measures[perquery.CANDIDATES_NEEDED] = np.where(counts == NEVER, np.inf, counts)
        facts[perquery.CANDIDATES_NEEDED] = _needed(counts)
    details = {
        **outcome.details,
        **facts,
        "rescored_with": {"index_bytes": full.bytes, "postings": full.nnz},
        "rescoring": cost.latency(second).to_dict(),
    }
    further = {**outcome.further, **measures}
    return replace(outcome, details=details, further=further, usage=began.since())


def _share(sure: NDArray[np.int64]) -> float | None:
    return float(sure.mean()) if len(sure) else None


def _needed(counts: NDArray[np.int64]) -> dict[str, Any]:
    """Over the queries for which some number is enough, and of how many none is."""
    enough = counts[counts != NEVER]
    return {**cost.summarise(enough).to_dict(), "never": int((counts == NEVER).sum())}
