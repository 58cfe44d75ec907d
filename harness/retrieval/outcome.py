"""Searching a set of queries: the ranking, and what finding it cost."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ground.artifacts import Usage, together
from harness.evaluation import cost
from harness.evaluation.prices import further_costs
from harness.evaluation.work import COUNTS, work_per_query
from harness.lucene.algorithms import Touched, priced_algorithm
from harness.lucene.impact_index import ImpactIndex
from harness.lucene.jvm import search_software
from harness.lucene.results import SearchResult
from harness.lucene.text_index import TextIndex
from harness.retrieval.searching import PreparedQueries, query_lengths
from harness.runs import perquery
from harness.runs.metadata import describe, processor
from harness.runs.runfile import Run, write_run
from harness.runs.tracked import tracked

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Outcome:
    """What searching gave, before it is scored.

    Attributes:
        run: the ranking.
        query_ids: the queries that were searched, in the order of the arrays below.
        postings: int64 (queries,), postings that exhaustive retrieval reads.
        query_terms: int64 (queries,), terms a query was searched with.
        seconds: float64 (repeats, queries), single-thread latency inside Lucene; no rows if it
            was not measured.
        details: about the index and the queries (sizes, lists, FLOPS, what quantisation lost).
        further: costs per query by measures of other packages, and of a second step.
        usage: what searching and pricing took; see `ground.artifacts.usage`.
    """

    run: Run
    query_ids: list[str]
    postings: npt.NDArray[np.int64]
    query_terms: npt.NDArray[np.int64]
    seconds: npt.NDArray[np.float64]
    details: dict[str, Any]
    further: Mapping[str, npt.NDArray[np.float64]] = field(default_factory=dict)
    usage: Mapping[str, Any] = field(default_factory=dict)

    def facts(self) -> dict[str, Any]:
        """All that is not per query, as plain values."""
        latency = cost.latency(self.seconds).to_dict()
        return {
            **self.details,
            "queries": len(self.query_ids),
            "postings": cost.summarise(self.postings).to_dict(),
            "query_terms": cost.summarise(self.query_terms).to_dict(),
            "latency_mean_ms": latency["mean_ms"],
            "latency_p95_ms": latency["p95_ms"],
            "latency": latency,
            "software": search_software(),
            "machine": {"processor": processor(), "cores": os.cpu_count()},
        }

    def resources(self) -> dict[str, Any]:
        """The facts, and what it took in the fields of ir_metadata: for a run's metadata."""
        return {**self.facts(), **(tracked(self.usage) if self.usage else {})}

    def costs(self) -> pd.DataFrame:
        """Costs per query: columns query, measure, value."""
        measures: dict[str, Any] = {
            perquery.POSTINGS: self.postings,
            perquery.QUERY_TERMS: self.query_terms,
        }
        if len(self.seconds):
            measures[perquery.LATENCY] = np.median(self.seconds, axis=0) * 1000
        measures.update(self.further)
        return perquery.make_values(self.query_ids, measures)


def search_impacts(
    index: ImpactIndex,
    queries: PreparedQueries,
    *,
    k: int = 1000,
    threads: int = 1,
    repeats: int = 0,
    tag: str = "esplade",
    algorithm: str = "auto",
) -> Outcome:
    """Search an impact index and price it.

    Args:
        index: an open index.
        queries: see `harness.retrieval.searching.prepare_queries`.
        k: results per query.
        threads: that search; latency is always measured with one.
        repeats: passes for latency, after one that is discarded; 0 measures none.
        tag: name of the run.
        algorithm: see `harness.lucene.algorithms`; with "auto" the results are found by the
            fastest one, and the costs are those of reading Lucene's own postings.
    """
    began, least = Usage.now(), queries.prune.least
    result = index.search(
        queries.vectors, k=k, threads=threads, tag=tag, algorithm=algorithm, least=least
    )
    # Before anything is counted: the counting reader is one more class for the JVM to expect.
    seconds = _latency(
        lambda: index.latency(queries.vectors, k, repeats, algorithm, least), repeats
    )
    touched = index.touched(queries.vectors, k, algorithm, least)
    outcome = priced(index, queries, result, seconds, touched, algorithm)
    if least == 1:
        work = _work(index, queries, k, algorithm, touched)
        outcome = replace(outcome, details={**outcome.details, "work": work})
    return replace(outcome, usage=began.since())


def priced(
    index: ImpactIndex,
    queries: PreparedQueries,
    result: SearchResult,
    seconds: npt.NDArray[np.float64],
    touched: Touched,
    algorithm: str,
) -> Outcome:
    """A ranking of an impact index with what finding it cost.

    Args:
        index: that was searched.
        queries: with which it was.
        result: the ranking.
        seconds: float64 (repeats, queries).
        touched: what the search read.
        algorithm: as the user named it.
    """
    shared = cost.flops(queries.matrix, index.document_frequency, index.num_docs).to_dict()
    details = {
        **_index_details(index),
        "flops": shared["flops"],
        "covariance_share": shared["covariance_share"],
        "flops_parts": shared,
        "quantise": index.manifest["quantise"],
        "document_loss": index.manifest["quantisation"],
        "empty_documents": index.manifest["empty_documents"],
        "query_loss": queries.to_dict(),
        "touched": _touched(touched),
        "algorithm": result.algorithm,
        "priced_algorithm": priced_algorithm(algorithm),
    }
    return Outcome(
        result.run,
        queries.vectors.ids,
        cost.postings_per_query(queries.matrix, index.document_frequency),
        query_lengths(queries.matrix),
        seconds,
        details,
        further_costs(queries.matrix, index.document_frequency, index.num_docs),
    )


def search_text(
    index: TextIndex,
    queries: Mapping[str, str],
    *,
    k: int = 1000,
    threads: int = 1,
    repeats: int = 0,
    tag: str = "bm25",
) -> Outcome:
    """Search a text index with BM25 and price it; arguments as `search_impacts`."""
    began = Usage.now()
    result = index.search(queries, k=k, threads=threads, tag=tag)
    algorithms = {"algorithm": result.algorithm, "priced_algorithm": result.algorithm}
    details = {**_index_details(index), **algorithms}
    return Outcome(
        result.run,
        list(queries),
        result.postings,
        result.query_terms,
        _latency(lambda: index.latency(queries, k, repeats), repeats),
        details,
        usage=began.since(),
    )


def write_outcome(
    path: Path,
    outcome: Outcome,
    *,
    method: Mapping[str, Any],
    data: Mapping[str, Any],
    overwrite: bool = False,
) -> None:
    """Write a run with its metadata and its costs per query beside it: all three, or nothing."""
    block = describe(method=method, data=data, resources=outcome.resources())
    with together(path):
        write_run(path, outcome.run, block, overwrite)
        perquery.write_values(perquery.sidecar_path(path), outcome.costs())


def _index_details(index: ImpactIndex | TextIndex) -> dict[str, Any]:
    return {
        "documents": index.num_docs,
        "index_bytes": index.bytes,
        "document_terms": index.nnz / max(1, index.num_docs),
        "lists": cost.postings_lists(index.document_frequency).to_dict(),
    }


def _work(
    index: ImpactIndex, queries: PreparedQueries, k: int, algorithm: str, read: Touched
) -> dict[str, float]:
    """Mean counts that times are predicted from; matches of several terms are found otherwise."""
    df, documents = index.document_frequency, index.num_docs
    name = priced_algorithm(algorithm)
    counts = work_per_query(queries.matrix, df, documents, k, name, read.scored, read.blocks)
    return dict(zip(COUNTS, counts.mean(axis=0).tolist(), strict=True))


def _touched(read: Touched) -> dict[str, Any]:
    """Per query: postings visited and scored, and the share of blocks that were skipped."""
    blocks, all_blocks = int(read.blocks.sum()), int(read.all_blocks.sum())
    return {
        "visited": cost.summarise(read.visited).to_dict(),
        "scored": cost.summarise(read.scored).to_dict(),
        "blocks_skipped_share": 1 - blocks / all_blocks if all_blocks else 0.0,
    }


def _latency(
    measure: Callable[[], npt.NDArray[np.float64]], repeats: int
) -> npt.NDArray[np.float64]:
    return measure() if repeats else np.empty((0, 0))
