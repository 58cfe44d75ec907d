"""Lucene impact indexes: built from integer vectors, readable by stock Pyserini, searched exactly.

Document numbers follow document ids, so that Lucene's order among equal scores is the order of
ids. Scores are integers; Lucene adds them in floating point, which is exact below 2^24.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from harness.artifacts import building, check_free
from harness.errors import InputError
from harness.lucene.building import check_ids, feed, read_back
from harness.lucene.impact_checks import EXACT_BELOW, check_impacts
from harness.lucene.index import ALGORITHM, LuceneIndex, lucene_version
from harness.lucene.jvm import kernel
from harness.lucene.packing import pack_array, pack_strings
from harness.lucene.results import QueryBatch, SearchResult
from harness.lucene.statistics import (
    TermStatistics,
    compare_statistics,
    expected_statistics,
)
from harness.lucene.tables import Tables, write_tables
from harness.vectors.model import Vectors

KIND = "impact index"

_BATCH_POSTINGS = 1 << 20


class ImpactIndex(LuceneIndex):
    """An open impact index; see `open_impact_index`."""

    kind = KIND

    def search(
        self, queries: Vectors, k: int = 1000, threads: int = 1, tag: str = "esplade"
    ) -> SearchResult:
        """The k best documents of every query by dot product, ties by document id.

        Args:
            queries: int32 impacts, over any terms; terms that the index does not know are left
                out and counted.
            k: results per query; documents that share no term with it are never returned.
            threads: that search.
            tag: name of the run.

        Raises:
            InputError: float weights; no term is known to the index; a query whose scores could
                reach 2^24, where Lucene's are no longer exact.
            LuceneError: Lucene failed.
        """
        self._check_k(k, threads)
        batch = self._batch(queries)
        hits = self._hits(self._searcher(k, threads), batch, k)
        return self._result(batch, hits, hits.scores.astype(np.int64), tag)

    def latency(self, queries: Vectors, k: int = 1000, repeats: int = 5) -> NDArray[np.float64]:
        """Seconds per query inside Lucene, one thread; a first pass is run and discarded.

        Returns:
            float64, shape (repeats, queries).
        """
        self._check_k(k)
        batch = self._batch(queries)
        search = self._searcher(k, 1)
        passes = [self._hits(search, batch, k).seconds for _ in range(repeats + 1)]
        return np.stack(passes)[1:]

    def _searcher(self, k: int, threads: int) -> Callable[[bytes], Any]:
        return lambda queries: self._index.search(queries, k, threads, ALGORITHM)

    def _batch(self, queries: Vectors) -> QueryBatch:
        if not queries.is_integer:
            raise InputError(
                "The query vectors have float weights, where integer impacts are needed. Quantise "
                "them as the documents were, with --quantize."
            )
        batch = _over_known_terms(queries, self.columns)
        if queries.nnz and not batch.columns.size:
            raise InputError(
                f"The index {self.path} knows none of the {len(queries.terms):,} terms of the "
                f"queries (such as {queries.terms[int(queries.matrix.indices[0])]!r}): they come "
                f"from another vocabulary. Encode the queries with the encoder that made the "
                f"documents."
            )
        self._check_scores(batch)
        return batch

    def _check_scores(self, batch: QueryBatch) -> None:
        """Refuse queries whose scores could leave the integers that float32 holds."""
        places = np.fromiter((self.columns[t] for t in batch.terms), np.int64, len(batch.terms))
        products = batch.weights.astype(np.int64) * self.max_impact[places][batch.columns]
        ends = np.concatenate(([0], np.cumsum(products)))[batch.indptr]
        bounds = np.diff(ends)
        too_high = np.flatnonzero(bounds >= EXACT_BELOW)
        if too_high.size:
            first = int(too_high[0])
            raise InputError(
                f"Scores of the query {batch.ids[first]!r} could reach {bounds[first]:,}, and "
                f"Lucene's are exact only below 2^24 = {EXACT_BELOW:,} ({too_high.size:,} of "
                f"{len(batch.ids):,} queries are affected). Quantise documents or queries to "
                f"smaller impacts (a smaller scale, fewer bits), or keep fewer query terms (--qk)."
            )


def open_impact_index(path: Path) -> ImpactIndex:
    """Open a finished impact index.

    Raises:
        InputError: the folder is not one of ours, is unfinished, or its files are missing,
            damaged, or disagree with its manifest; no suitable Java.
    """
    return ImpactIndex(path)


def build_impact_index(
    vectors: Vectors,
    out: Path,
    *,
    key: str | None = None,
    facts: Mapping[str, Any] | None = None,
    overwrite: bool = False,
    memory_mb: int = 256,
    progress: Callable[[int], None] | None = None,
) -> ImpactIndex:
    """Build a Lucene impact index, check it against the vectors, and open it.

    Documents without terms are indexed too: pruning never changes the number of documents.

    Args:
        vectors: documents, int32 impacts in 1 .. 2^24 - 1.
        out: the index folder; it appears whole or not at all.
        key: digest of inputs and configuration, for the manifest.
        facts: what else the manifest records.
        overwrite: replace a finished impact index.
        memory_mb: postings that Lucene holds in memory before it writes them, in MB.
        progress: called with the number of documents indexed since the last call.

    Raises:
        InputError: vectors that an index cannot hold; ``out`` is not free.
        LuceneError: Lucene failed, by a full disk for instance.
        IntegrityError: the index does not hold what the vectors hold. Nothing is left then.
    """
    check_free(out, KIND, overwrite)
    check_ids(vectors.ids)
    check_impacts(vectors)
    ids, matrix = _in_order_of_ids(vectors)
    expected = expected_statistics(vectors.terms, matrix)
    with building(out, KIND, key=key, overwrite=overwrite) as build:
        folder = str(build.path.resolve())

        def indexer() -> Any:
            return kernel("ImpactIndexer")(folder, float(memory_mb), pack_strings(vectors.terms))

        feed(indexer, _batches(ids, matrix), out, progress)
        compare_statistics(out, read_back(build.path, out, ids), expected)
        write_tables(build.path, _tables(ids, vectors.terms, expected))
        build.facts = {**(facts or {}), **_facts(ids, matrix, expected)}
    return open_impact_index(out)


def _in_order_of_ids(vectors: Vectors) -> tuple[list[str], sp.csr_array]:
    order = sorted(range(len(vectors.ids)), key=vectors.ids.__getitem__)
    if order == list(range(len(order))):
        return list(vectors.ids), vectors.matrix
    return [vectors.ids[row] for row in order], vectors.matrix[order]


def _batches(ids: list[str], matrix: sp.csr_array) -> Iterator[tuple[int, bytes]]:
    """Packed documents, about a million postings at a time."""
    start = 0
    while start < len(ids):
        limit = int(matrix.indptr[start]) + _BATCH_POSTINGS
        stop = max(start + 1, int(np.searchsorted(matrix.indptr, limit, side="right")) - 1)
        stop = min(stop, len(ids), start + _BATCH_POSTINGS // 16)
        begin, end = int(matrix.indptr[start]), int(matrix.indptr[stop])
        yield (
            stop - start,
            b"".join(
                (
                    pack_strings(ids[start:stop]),
                    pack_array(matrix.indptr[start : stop + 1] - begin),
                    pack_array(matrix.indices[begin:end]),
                    pack_array(matrix.data[begin:end]),
                )
            ),
        )
        start = stop


def _tables(ids: list[str], terms: list[str], statistics: TermStatistics) -> Tables:
    place = {term: column for column, term in enumerate(terms)}
    used = np.fromiter((place[t] for t in statistics.terms), np.int64, len(statistics.terms))
    frequency, largest = np.zeros((2, len(terms)), dtype=np.int64)
    frequency[used] = statistics.document_frequency
    largest[used] = statistics.max_impact
    return Tables(ids, terms, frequency, largest)


def _facts(ids: list[str], matrix: sp.csr_array, statistics: TermStatistics) -> dict[str, Any]:
    return {
        "documents": len(ids),
        "empty_documents": int(np.count_nonzero(np.diff(matrix.indptr) == 0)),
        "terms": len(statistics.terms),
        "postings": int(matrix.nnz),
        "impact_sum": int(statistics.impact_sum.sum()),
        "lucene": lucene_version(),
    }


def _over_known_terms(queries: Vectors, columns: Mapping[str, int]) -> QueryBatch:
    """Leave out the terms that an index does not know."""
    known = np.fromiter((t in columns for t in queries.terms), np.bool_, len(queries.terms))
    matrix = queries.matrix
    kept = known[matrix.indices]
    indptr = np.concatenate(([0], np.cumsum(kept)))[matrix.indptr].astype(np.int64)
    place = np.cumsum(known) - 1
    return QueryBatch(
        list(queries.ids),
        [term for term, is_known in zip(queries.terms, known.tolist(), strict=True) if is_known],
        indptr,
        place[matrix.indices[kept]].astype(np.int32),
        matrix.data[kept],
        int(matrix.nnz - kept.sum()),
    )
