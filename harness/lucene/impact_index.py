"""Lucene impact indexes: built from integer vectors, readable by stock Pyserini, searched exactly.

Document numbers follow document ids, so that Lucene's order among equal scores is the order of
ids. Scores are integers; Lucene adds them in floating point, which is exact below 2^24.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ground.errors import InputError
from harness.lucene.algorithms import (
    ALGORITHMS,
    BLOCK,
    SEARCHES,
    Touched,
    choose_algorithm,
    priced_algorithm,
)
from harness.lucene.impact_checks import check_scores
from harness.lucene.index import LuceneIndex
from harness.lucene.jvm import lucene_errors
from harness.lucene.packing import Reader, pack_array, pack_int, pack_strings
from harness.lucene.results import Hits, QueryBatch, SearchResult
from harness.vectors.model import Vectors

KIND = "impact index"


class ImpactIndex(LuceneIndex):
    """An open impact index; see `open_impact_index`."""

    kind = KIND

    def search(
        self,
        queries: Vectors,
        k: int = 1000,
        threads: int = 1,
        tag: str = "esplade",
        algorithm: str = "auto",
        least: int = 1,
    ) -> SearchResult:
        """The k best documents of every query by dot product, ties by document id.

        Args:
            queries: int32 impacts, over any terms; terms that the index does not know are left
                out and counted.
            k: results per query; documents that share no term with it are never returned.
            threads: that search.
            tag: name of the run.
            algorithm: one of `ALGORITHMS`; all give the same results.
            least: how many of a query's terms a document has to hold; of a query with fewer terms
                that the index knows, all of them.

        Raises:
            InputError: float weights; no term is known to the index; a query whose scores could
                reach 2^24, where Lucene's are no longer exact; an unknown algorithm.
            LuceneError: Lucene failed.
        """
        k = self._possible(k, threads)
        chosen = choose_algorithm(algorithm)
        batch = self._batch(queries, least)
        hits = self._found(batch, k, threads, chosen)
        return self._result(batch, hits, hits.scores.astype(np.int64), tag, chosen)

    def latency(
        self,
        queries: Vectors,
        k: int = 1000,
        repeats: int = 5,
        algorithm: str = "auto",
        least: int = 1,
    ) -> NDArray[np.float64]:
        """Seconds per query inside Lucene, one thread; a first pass is run and discarded.

        Args:
            queries: as for `search`.
            k: results per query.
            repeats: passes that count.
            algorithm: "auto" is the one of `priced_algorithm`.
            least: as for `search`.

        Returns:
            float64, shape (repeats, queries).
        """
        k = self._possible(k)
        batch = self._batch(queries, least)
        chosen = priced_algorithm(algorithm)
        passes = [self._found(batch, k, 1, chosen).seconds for _ in range(repeats + 1)]
        return np.stack(passes)[1:]

    def touched(
        self, queries: Vectors, k: int = 1000, algorithm: str = "auto", least: int = 1
    ) -> Touched:
        """What an algorithm really reads for every query, counted posting by posting.

        "saat" reads every posting once. The others may skip what cannot reach the k best. "auto"
        is the one of `priced_algorithm`.
        """
        k = self._possible(k)
        batch = self._batch(queries, least)
        chosen = priced_algorithm(algorithm)
        if (chosen == "saat" and least == 1) or chosen not in ALGORITHMS:
            postings, blocks = self._postings(batch), self._per_list(batch, BLOCK)
            return Touched(postings, postings, blocks, blocks)
        with lucene_errors(f"Searching the index {self.path}"):
            counted = self._index.touched(batch.pack(0, len(batch.ids)), k, chosen)
        counts = Reader(counted.tostring()).array(4 * len(batch.ids), "<i8")
        return Touched(*counts.reshape(-1, 4).T.astype(np.int64))

    def keep_decoded(self, memory_mb: int) -> None:
        """Bound what the lists that "memory" decodes and keeps may take; those kept are dropped."""
        self._index.keepDecoded(memory_mb << 20)

    def impacts(self, doc_ids: Sequence[str]) -> Vectors:
        """The impacts of some documents, read back from the postings lists.

        Raises:
            InputError: an id that is not in the index.
        """
        rows = np.asarray([self.document_number(name) for name in doc_ids], dtype=np.int64)
        wanted, place = np.unique(rows, return_inverse=True)
        with lucene_errors(f"Reading the index {self.path}"):
            packed = self._index.documents(pack_int(len(wanted)) + pack_array(wanted))
        reader = Reader(packed.tostring())
        found = reader.integer()
        at, used, impacts = (reader.array(found, "<i4") for _ in range(3))
        columns = np.flatnonzero(self.document_frequency)[used]
        shape = (len(wanted), len(self.terms))
        matrix = sp.csr_array((impacts.astype(np.int32), (at, columns)), shape=shape)
        matrix.sort_indices()
        return Vectors(list(doc_ids), self.terms, matrix[place])

    def postings(
        self, start: int, stop: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]:
        """The postings lists of ``terms[start:stop]``.

        Returns:
            Where each list starts (terms + 1); document numbers, rising within a list; impacts.
        """
        return self.lists(self.terms[start:stop])

    def lists(
        self, terms: Sequence[str]
    ) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]:
        """The postings lists of some terms, as `postings` gives them; empty for unknown terms."""
        with lucene_errors(f"Reading the index {self.path}"):
            packed = self._index.lists(pack_strings(terms))
        reader = Reader(packed.tostring())
        starts = reader.array(len(terms) + 1, "<i8").astype(np.int64)
        return (
            starts,
            reader.array(int(starts[-1]), "<i4").astype(np.int32),
            reader.array(int(starts[-1]), "<i4").astype(np.int32),
        )

    def document_number(self, doc_id: str) -> int:
        """Lucene's number of a document.

        Raises:
            InputError: there is no such document.
        """
        number = bisect_left(self.doc_ids, doc_id)
        if number == len(self.doc_ids) or self.doc_ids[number] != doc_id:
            near = ", ".join(map(repr, self.doc_ids[max(0, number - 1) : number + 2]))
            raise InputError(
                f"The index {self.path} has no document {doc_id!r}; near it in the order of ids "
                f"are {near}."
            )
        return number

    def _found(self, batch: QueryBatch, k: int, threads: int, algorithm: str) -> Hits:
        if algorithm not in ALGORITHMS:
            if batch.least > 1:
                raise InputError(
                    f"The algorithm {algorithm} does not know how many terms have to match. Use "
                    f"one of {', '.join(ALGORITHMS)}, or a rule without match."
                )
            return SEARCHES.find(algorithm).hits(self, batch, k, threads)
        return self._hits(lambda q: self._index.search(q, k, threads, algorithm), batch, k)

    def _batch(self, queries: Vectors, least: int = 1) -> QueryBatch:
        if not queries.is_integer:
            raise InputError(
                "The query vectors have float weights, where integer impacts are needed. Quantise "
                "them as the documents were, with --quantize."
            )
        batch = self._over_known_terms(queries)
        if queries.nnz and not batch.columns.size:
            raise InputError(
                f"The index {self.path} knows none of the {len(queries.terms):,} terms of the "
                f"queries (such as {queries.terms[int(queries.matrix.indices[0])]!r}): they come "
                f"from another vocabulary. Encode the queries with the encoder that made the "
                f"documents."
            )
        check_scores(self.path, batch)
        return replace(batch, least=least)

    def _over_known_terms(self, queries: Vectors) -> QueryBatch:
        """Leave out the terms that the index does not know."""
        places = np.fromiter(
            (self.columns.get(t, -1) for t in queries.terms), np.int64, len(queries.terms)
        )
        known = places >= 0
        matrix = queries.matrix
        kept = known[matrix.indices]
        indptr = np.concatenate(([0], np.cumsum(kept)))[matrix.indptr].astype(np.int64)
        return QueryBatch(
            list(queries.ids),
            [t for t, is_known in zip(queries.terms, known.tolist(), strict=True) if is_known],
            self.max_impact[places[known]],
            indptr,
            (np.cumsum(known) - 1)[matrix.indices[kept]].astype(np.int32),
            matrix.data[kept],
            int(matrix.nnz - kept.sum()),
        )


def open_impact_index(path: Path, memory_mb: int | None = None) -> ImpactIndex:
    """Open a finished impact index.

    Args:
        path: its folder.
        memory_mb: what the lists that "memory" decodes and keeps may take, in MB; half of Java's
            heap by default.

    Raises:
        InputError: the folder is not one of ours, is unfinished, or its files are missing,
            damaged, or disagree with its manifest; no suitable Java.
    """
    index = ImpactIndex(path)
    if memory_mb is not None:
        index.keep_decoded(memory_mb)
    return index
