"""Exact ranking of a small pool, to watch a training: reciprocal rank at 10 on dev queries."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from encoders.encode import encode
from encoders.model import EspladeModel
from encoders.pairs import RankingData


@dataclass(frozen=True)
class RankingFigures:
    """Effectiveness over a pool, and the mean number of terms of its queries and documents."""

    rr_at_10: float
    query_terms: float
    doc_terms: float


def rank_pool(model: EspladeModel, data: RankingData, *, batch: int = 256) -> RankingFigures:
    """Encode a pool and its queries, and rank by inner product, ties by document id."""
    documents = sorted(data.documents)
    names = [q for q in data.queries if data.relevant.get(q)]
    doc_rows = encode(model, [data.documents[d] for d in documents], side="doc")
    query_rows = encode(model, [data.queries[q] for q in names], side="query")
    number = {d: i for i, d in enumerate(documents)}
    relevant = [{number[d] for d in data.relevant[q] if d in number} for q in names]
    return RankingFigures(
        mean_reciprocal_rank(query_rows, doc_rows, relevant, batch=batch),
        query_rows.nnz / max(1, len(names)),
        doc_rows.nnz / max(1, len(documents)),
    )


def mean_reciprocal_rank(
    queries: sparse.csr_array,
    documents: sparse.csr_array,
    relevant: list[set[int]],
    *,
    depth: int = 10,
    batch: int = 256,
) -> float:
    """Mean over the queries of 1 / rank of the first relevant document within ``depth``.

    Args:
        queries: (Q, |U|) weights.
        documents: (D, |U|) weights, in the order in which ties are broken.
        relevant: row numbers of the relevant documents of each query.
        depth: ranks beyond it count 0; so do documents that share no term with the query.
        batch: queries scored at a time.
    """
    columns = documents.T.tocsr()
    total = 0.0
    for low in range(0, queries.shape[0], batch):
        scores = (queries[low : low + batch] @ columns).toarray()
        for row, answers in zip(scores, relevant[low : low + batch], strict=True):
            total += _reciprocal_rank(row, answers, depth)
    return total / max(1, queries.shape[0])


def _reciprocal_rank(scores: NDArray[np.float32], relevant: set[int], depth: int) -> float:
    best = 0.0
    for document in relevant:
        if scores[document] <= 0:
            continue
        ahead = int((scores > scores[document]).sum())
        ahead += int((scores[:document] == scores[document]).sum())
        if ahead < depth:
            best = max(best, 1.0 / (ahead + 1))
    return best
