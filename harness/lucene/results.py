"""Queries on their way into the kernel, and results on their way out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from harness.lucene.packing import Reader, pack_array, pack_int, pack_strings
from harness.runs.runfile import Run

_CALL_HITS = 1 << 22
"""Hits that one call may bring back: bounds memory, and lets Ctrl-C through between calls."""

Search = Callable[[bytes], bytes]


@dataclass(frozen=True)
class QueryBatch:
    """Queries over terms that the index knows.

    Attributes:
        ids: one a query.
        terms: the columns.
        maxima: (terms,) the largest impact in the list of each.
        indptr: (queries + 1,) row offsets.
        columns: (terms of all queries,).
        weights: of the same shape, integers.
        unknown: query terms, with repetition over queries, that were left out because the index
            does not know them.
        least: how many of its terms a document has to hold to be found by a query; a query of
            fewer terms asks for all of them.
    """

    ids: list[str]
    terms: list[str]
    maxima: NDArray[np.int64]
    indptr: NDArray[np.int64]
    columns: NDArray[np.int32]
    weights: NDArray[np.int32]
    unknown: int = 0
    least: int = 1

    def rows(self, rows: NDArray[np.int64]) -> QueryBatch:
        """Some of the queries, by their places."""
        lengths = np.diff(self.indptr)[rows]
        ends = np.cumsum(lengths)
        places = np.arange(lengths.sum()) + np.repeat(self.indptr[rows] - ends + lengths, lengths)
        return replace(
            self,
            ids=[self.ids[row] for row in rows.tolist()],
            indptr=np.concatenate(([0], ends)).astype(np.int64),
            columns=self.columns[places],
            weights=self.weights[places],
        )

    def pack(self, start: int, stop: int) -> bytes:
        """Queries ``start`` to ``stop`` and the terms that they use."""
        begin, end = int(self.indptr[start]), int(self.indptr[stop])
        used, columns = np.unique(self.columns[begin:end], return_inverse=True)
        return b"".join(
            (
                pack_strings([self.terms[column] for column in used.tolist()]),
                pack_array(self.maxima[used]),
                pack_int(stop - start),
                pack_array(self.indptr[start : stop + 1] - begin),
                pack_array(columns),
                pack_array(self.weights[begin:end]),
                pack_array(np.clip(np.diff(self.indptr[start : stop + 1]), 1, self.least)),
            )
        )


@dataclass(frozen=True)
class Hits:
    """Results of a batch, best first within a query.

    Attributes:
        counts: (queries,) int64, hits of each.
        documents: (hits,) int32 document numbers.
        scores: (hits,) float32.
        seconds: (queries,) float64, measured around the search alone, inside Java.
    """

    counts: NDArray[np.int64]
    documents: NDArray[np.int32]
    scores: NDArray[np.float32]
    seconds: NDArray[np.float64]


@dataclass(frozen=True)
class SearchResult:
    """A ranking and what it took.

    Attributes:
        run: the ranking, ties by document id.
        seconds: (queries,) float64, time inside Lucene; with several threads they share the
            machine, so that latency is better taken from ``latency``.
        algorithm: what found it.
        unknown_terms: query terms (with repetition over queries) that the index does not know.
        postings: (queries,) int64, postings that exhaustive retrieval reads.
        query_terms: (queries,) int64, terms each query was searched with.
    """

    run: Run
    seconds: NDArray[np.float64]
    algorithm: str
    unknown_terms: int
    postings: NDArray[np.int64]
    query_terms: NDArray[np.int64]


def search_batch(search: Search, batch: QueryBatch, hits_per_query: int) -> Hits:
    """Search a batch in calls of bounded size.

    Args:
        search: takes packed queries, returns packed results.
        batch: the queries.
        hits_per_query: the most that a query can have.
    """
    parts = [
        unpack_hits(Reader(search(batch.pack(start, stop))), stop - start)
        for start, stop in calls(len(batch.ids), hits_per_query)
    ]
    return joined(parts)


def calls(queries: int, hits_per_query: int) -> Iterator[tuple[int, int]]:
    """The first and last query, exclusive, of calls of bounded size; one if there are none."""
    step = max(1, _CALL_HITS // max(1, hits_per_query))
    for start in range(0, max(1, queries), step):
        yield start, min(start + step, queries)


def joined(parts: Sequence[Hits]) -> Hits:
    """Results of several calls, one after the other."""
    return Hits(
        np.concatenate([part.counts for part in parts]),
        np.concatenate([part.documents for part in parts]),
        np.concatenate([part.scores for part in parts]),
        np.concatenate([part.seconds for part in parts]),
    )


def unpack_hits(reader: Reader, queries: int) -> Hits:
    """The results of so many queries, at the beginning of what the kernel packed."""
    seconds = reader.array(queries, "<i8") / 1e9
    counts = reader.array(queries, "<i4").astype(np.int64)
    total = int(counts.sum())
    return Hits(counts, reader.array(total, "<i4"), reader.array(total, "<f4"), seconds)
