"""Exact retrieval by brute force: the oracle that every index is held against."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from harness.vectors import Vectors


class Hits(NamedTuple):
    """Ranked documents of one query.

    Attributes:
        rows: (hits,) int64 rows of the documents.
        scores: (hits,) the dot products, all > 0.
    """

    rows: npt.NDArray[np.int64]
    scores: npt.NDArray[np.float64]


def align(queries: Vectors, terms: list[str]) -> sp.csr_array:
    """The query matrix over other terms; query terms that are not among them are left out."""
    place = {term: column for column, term in enumerate(terms)}
    new = np.asarray([place.get(term, -1) for term in queries.terms], dtype=np.int32)
    columns = new[queries.matrix.indices] if queries.nnz else np.empty(0, dtype=np.int32)
    known = columns >= 0
    ends = np.concatenate(([0], np.cumsum(known, dtype=np.int64)))[queries.matrix.indptr]
    aligned = sp.csr_array(
        (queries.matrix.data[known], columns[known], ends), shape=(len(queries.ids), len(terms))
    )
    aligned.sort_indices()
    return aligned


def search(documents: Vectors, queries: Vectors, k: int, batch: int = 64) -> list[Hits]:
    """The k best documents of every query by dot product, ties by document id.

    Args:
        documents: the collection.
        queries: over any terms; unknown ones add nothing.
        k: how many documents a query gets; those that share no term with it are never returned.
        batch: queries multiplied together; bounds the memory to batch * documents.

    Returns:
        One `Hits` a query, in the order of the queries.
    """
    by_id = sorted(range(len(documents.ids)), key=documents.ids.__getitem__)
    rank = np.empty(len(by_id), dtype=np.int64)
    rank[by_id] = np.arange(len(by_id))
    transposed = documents.matrix.astype(np.float64).T.tocsr()
    weights = align(queries, documents.terms).astype(np.float64)
    hits = []
    for start in range(0, weights.shape[0], batch):
        scores = (weights[start : start + batch] @ transposed).tocsr()
        for row in range(scores.shape[0]):
            span = slice(scores.indptr[row], scores.indptr[row + 1])
            hits.append(_best(scores.indices[span].astype(np.int64), scores.data[span], rank, k))
    return hits


def _best(
    rows: npt.NDArray[np.int64],
    scores: npt.NDArray[np.float64],
    rank: npt.NDArray[np.int64],
    k: int,
) -> Hits:
    order = np.lexsort((rank[rows], -scores))[:k]
    order = order[scores[order] > 0]
    return Hits(rows[order], scores[order])
