"""Exact search over a dev pool, to watch a training: reciprocal rank at 10 on dev queries.

Documents are encoded a window at a time and only the best so far of each query is kept, so memory
does not grow with the pool. Of several processes each takes its share of the windows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from encoders.encoding.encode import encode
from encoders.finetuning.pairs import RankingData
from encoders.model.model import EspladeModel
from encoders.training import processes

DEPTH = 10
_WINDOW = 4096
_QUERIES = 256
"""Queries scored at a time: with a window of documents, 4 MB of scores."""


@dataclass(frozen=True)
class RankingFigures:
    """Effectiveness over a pool, and what its vectors are like.

    Attributes:
        rr_at_10: mean reciprocal rank at 10, without pruning.
        query_terms: mean terms a query.
        doc_terms: mean terms a document.
        postings: expected postings a query, under a pruning, in an index of all of the collection
            that the pool was drawn from.
    """

    rr_at_10: float
    query_terms: float
    doc_terms: float
    postings: float


class Best:
    """The best documents of each query among those seen, ties to the smaller document number.

    Args:
        queries: (Q, |U|) weights.
        depth: documents kept a query; those that share no term with it never are.
    """

    def __init__(self, queries: sparse.csr_array, depth: int = DEPTH) -> None:
        self.queries, self.depth = sparse.csr_array(queries), depth
        self.scores = np.zeros((queries.shape[0], depth), dtype=np.float32)
        self.documents = np.full((queries.shape[0], depth), -1, dtype=np.int64)

    def add(self, documents: sparse.csr_array, first: int) -> None:
        """See (D, |U|) documents, the first of which has the number ``first``."""
        columns = sparse.csr_array(documents.T)
        for low in range(0, self.queries.shape[0], _QUERIES):
            scores = sparse.csr_array(self.queries[low : low + _QUERIES] @ columns)
            for row in range(scores.shape[0]):
                span = slice(scores.indptr[row], scores.indptr[row + 1])
                found = scores.indices[span].astype(np.int64) + first
                self.merge(low + row, scores.data[span], found)

    def merge(self, query: int, scores: NDArray[np.float32], documents: NDArray[np.int64]) -> None:
        """See some documents with their scores for one query."""
        kept = scores > 0
        if len(scores) > self.depth:
            # What is below the best so far, or below the depth here, need not be sorted.
            least = np.partition(scores, -self.depth)[-self.depth]
            kept &= scores >= max(least, self.scores[query, -1])
        scores = np.concatenate([self.scores[query], scores[kept]])
        documents = np.concatenate([self.documents[query], documents[kept]])
        order = np.lexsort((documents, -scores))[: self.depth]
        self.scores[query], self.documents[query] = scores[order], documents[order]

    def mean_reciprocal_rank(self, relevant: Sequence[set[int]]) -> float:
        """Mean over the queries of 1 / rank of the first relevant document kept, else 0."""
        total = 0.0
        for found, answers in zip(self.documents.tolist(), relevant, strict=True):
            ranks = (rank for rank, document in enumerate(found, 1) if document in answers)
            total += 1 / next(ranks, np.inf)
        return total / max(1, len(relevant))


def rank_pool(
    model: EspladeModel,
    data: RankingData,
    pruning: tuple[int, int] = (0, 0),
    collection: int = 0,
    *,
    window: int = _WINDOW,
) -> RankingFigures:
    """Encode a pool and its queries, and rank by inner product, ties by document id.

    Every process must call it; each gets the figures.

    Args:
        model: encodes.
        data: the pool, its queries and their answers.
        pruning: most terms of a query and of a document for `RankingFigures.postings`; 0 for all.
        collection: documents that the pool was drawn from; 0 for those of the pool.
        window: documents encoded at a time.
    """
    names = [q for q in data.queries if data.relevant.get(q)]
    queries = encode(model, [data.queries[q] for q in names], side="query")
    documents = sorted(data.documents)
    number = {d: i for i, d in enumerate(documents)}
    relevant = [{number[d] for d in data.relevant[q] if d in number} for q in names]
    shares = _shares(len(documents), set().union(*relevant), collection)
    best, nonzeros, frequency = _search(model, data, documents, queries, window, pruning[1], shares)
    return RankingFigures(
        best.mean_reciprocal_rank(relevant),
        queries.nnz / max(1, len(names)),
        nonzeros / max(1, len(documents)),
        float(_term_counts(queries, pruning[0]) @ frequency) / max(1, len(names)),
    )


def _shares(pool: int, answers: set[int], collection: int) -> NDArray[np.float64]:
    """How many documents of a collection each document of a pool stands for, (D,).

    All answers of the queries are in the pool, and only themselves: they share more terms with
    the queries than others do, which were drawn at random and stand for all others.
    """
    drawn = pool - len(answers)
    each = max(1.0, (collection - len(answers)) / drawn) if drawn else 1.0
    shares = np.full(pool, each)
    shares[sorted(answers)] = 1.0
    return shares


def _term_counts(
    rows: sparse.csr_array, k: int, shares: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """How many rows have each term, (|U|,), of each row's k largest, ties to the smaller id.

    Args:
        rows: (B, |U|) weights.
        k: 0 for all terms of a row.
        shares: (B,) what each row counts; 1 without.
    """
    lengths = np.diff(rows.indptr)
    if k:
        kept = [
            span.start + np.lexsort((rows.indices[span], -rows.data[span]))[:k]
            for span in map(slice, rows.indptr[:-1].tolist(), rows.indptr[1:].tolist())
        ]
        columns = rows.indices[np.concatenate([*kept, np.empty(0, dtype=np.int64)]).astype(int)]
        lengths = np.minimum(lengths, k)
    else:
        columns = rows.indices
    counted = None if shares is None else np.repeat(shares, lengths)
    return np.bincount(columns, counted, minlength=rows.shape[1]).astype(np.float64)


def _search(
    model: EspladeModel,
    data: RankingData,
    documents: list[str],
    queries: sparse.csr_array,
    window: int,
    doc_k: int,
    shares: NDArray[np.float64],
) -> tuple[Best, int, NDArray[np.float64]]:
    best, nonzeros = Best(queries), 0
    frequency = np.zeros(queries.shape[1])
    step = window * processes.count()
    for low in range(window * processes.number(), len(documents), step):
        texts = [data.documents[d] for d in documents[low : low + window]]
        rows = encode(model, texts, side="doc")
        nonzeros += rows.nnz
        frequency += _term_counts(rows, doc_k, shares[low : low + window])
        best.add(rows, low)
    parts = processes.gather_objects((best.scores, best.documents, nonzeros, frequency))
    merged = Best(queries)
    for scores, found, _, _ in parts:
        for query in range(queries.shape[0]):
            merged.merge(query, scores[query], found[query])
    counts: NDArray[np.float64] = np.sum([part[3] for part in parts], axis=0)
    return merged, sum(part[2] for part in parts), counts
