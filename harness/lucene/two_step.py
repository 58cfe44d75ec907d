"""Search in two steps, in the kernel: one index finds candidates, the vectors of another score."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ground.errors import InputError
from harness.lucene.algorithms import ALGORITHMS, Touched, choose_algorithm, priced_algorithm
from harness.lucene.impact_index import ImpactIndex
from harness.lucene.jvm import lucene_errors
from harness.lucene.packing import Reader, pack_array, pack_int
from harness.lucene.results import Hits, QueryBatch, SearchResult, calls, joined, unpack_hits
from harness.vectors.model import Vectors

_Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Steps:
    """What both steps found and read, a query each.

    Attributes:
        candidates: (queries,) int64, what step one found; fewer than were asked for where no more
            documents share a term with the query there.
        last_documents: (queries,) int64, number of the last candidate in step one's order.
        last_scores: (queries,) int64, its score in step one.
        lookups: (queries,) int64, weights of full vectors that step two read: all those of each
            candidate.
        seconds: (queries,) float64, step two's part of the time.
    """

    candidates: _Ints
    last_documents: _Ints
    last_scores: _Ints
    lookups: _Ints
    seconds: NDArray[np.float64]


@dataclass(frozen=True)
class TwoStepResult:
    """A ranking by full scores, and how it came about.

    Attributes:
        result: the ranking; its costs are those of step one, its time that of both.
        hits: the same by document numbers.
        steps: what each step did.
    """

    result: SearchResult
    hits: Hits
    steps: Steps


@dataclass(frozen=True)
class TwoStepSearch:
    """The k best of some candidates by their full dot product, ties by document id.

    The full vectors are held in memory by document: 4 bytes a posting, read from ``full`` once and
    kept for other searches.

    Attributes:
        first: where candidates are found.
        full: unpruned documents, of the same ids in the same order.
        pruned: int32 impacts of the queries for step one.
        queries: of the same queries for step two.
        k: results per query.
        candidates: documents that step one finds, at least k.
        algorithm: of step one, see `harness.lucene.algorithms`; "auto" is the fastest for results,
            and for costs the one of `priced_algorithm`.
        least: how many terms of a pruned query a candidate has to hold.
    """

    first: ImpactIndex
    full: ImpactIndex
    pruned: Vectors
    queries: Vectors
    k: int
    candidates: int
    algorithm: str = "auto"
    least: int = 1

    def __post_init__(self) -> None:
        if self.candidates < self.k:
            raise InputError(
                f"{self.candidates:,} candidates are fewer than the {self.k:,} results asked for. "
                f"Rescore at least as many (--candidates), or ask for fewer results (--k)."
            )

    def search(self, threads: int = 1, tag: str = "esplade") -> TwoStepResult:
        """Results, and what each step did.

        Args:
            threads: that search.
            tag: name of the run.

        Raises:
            InputError: as `ImpactIndex.search`; an algorithm of another package.
            LuceneError: Lucene failed, or Java's memory does not hold the vectors.
        """
        chosen, (batch, unpruned) = choose_algorithm(self.algorithm), self._batches()
        hits, steps = self._run(batch, unpruned, threads, chosen)
        result = self.first._result(batch, hits, hits.scores.astype(np.int64), tag, chosen)
        return TwoStepResult(result, hits, steps)

    def latency(self, repeats: int = 5) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Seconds per query inside Lucene, one thread; a first pass is run and discarded.

        Returns:
            Of both steps together, and of step two alone: float64, shape (repeats, queries).
        """
        chosen, (batch, unpruned) = priced_algorithm(self.algorithm), self._batches()
        passes = [self._run(batch, unpruned, 1, chosen) for _ in range(repeats + 1)][1:]
        both = [hits.seconds for hits, _ in passes]
        return np.stack(both), np.stack([steps.seconds for _, steps in passes])

    def touched(self) -> Touched:
        """What step one reads for every query; see `ImpactIndex.touched`."""
        return self.first.touched(self.pruned, self.candidates, self.algorithm, self.least)

    def _batches(self) -> tuple[QueryBatch, QueryBatch]:
        return self.first._batch(self.pruned, self.least), self.full._batch(self.queries)

    def _run(
        self, batch: QueryBatch, unpruned: QueryBatch, threads: int, algorithm: str
    ) -> tuple[Hits, Steps]:
        if algorithm not in ALGORITHMS:
            raise InputError(
                f"The algorithm {algorithm} cannot find candidates to rescore, as it is not one "
                f"of the kernel's. Use one of {', '.join(ALGORITHMS)}, or search without --rescore."
            )
        first, full = self.first, self.full
        k, candidates = first._possible(self.k, threads), first._possible(self.candidates)
        parts = []
        with lucene_errors(f"Searching the index {first.path} and rescoring with {full.path}"):
            for start, stop in calls(len(batch.ids), k):
                sides = batch.pack(start, stop), _pack(full, unpruned, start, stop)
                packed = first._index.searchInTwoSteps(
                    sides[0], k, threads, algorithm, full._index, sides[1], candidates
                )
                parts.append(_unpack(bytes(packed.tostring()), stop - start))
        steps = [np.concatenate(column) for column in zip(*(s for _, s in parts), strict=True)]
        return joined([hits for hits, _ in parts]), Steps(*steps)


def _pack(full: ImpactIndex, batch: QueryBatch, start: int, stop: int) -> bytes:
    """Queries over the terms that have postings, which the kernel counts in their order."""
    places = np.fromiter((full.columns[t] for t in batch.terms), np.int64, len(batch.terms))
    used = full.document_frequency > 0
    begin, end = int(batch.indptr[start]), int(batch.indptr[stop])
    columns = places[batch.columns[begin:end]]
    kept = used[columns]
    ends = np.concatenate(([0], np.cumsum(kept)))[batch.indptr[start : stop + 1] - begin]
    return b"".join(
        (
            pack_int(stop - start),
            pack_array(ends),
            pack_array((np.cumsum(used) - 1)[columns[kept]]),
            pack_array(batch.weights[begin:end][kept]),
        )
    )


def _unpack(data: bytes, queries: int) -> tuple[Hits, tuple[NDArray[np.float64] | _Ints, ...]]:
    reader = Reader(data)
    hits = unpack_hits(reader, queries)
    three = [reader.array(queries, "<i4").astype(np.int64) for _ in range(3)]
    lookups, nanoseconds = [reader.array(queries, "<i8") for _ in range(2)]
    return hits, (*three, lookups.astype(np.int64), nanoseconds / 1e9)
