"""What a search does for a query, in the counts that its time is predicted from."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

COUNTS = ("terms", "postings", "blocks", "documents", "scanned", "results", "heap")
"""Terms that the index knows; postings whose impact is added to a score; blocks of 128 postings
that are read; documents scored, which hold a term of the query; documents scanned, which are those
of the groups with one scored; results that are put in order; operations on a heap of the k best."""

HEAPS = ("lucene",)
"""Algorithms that keep the k best in a heap; the others gather them, and order them at the end."""

GROUP = 64
"""Documents whose accumulators the kernel looks at together, for one of them has a score."""


def work_per_query(
    queries: Any,
    df: ArrayLike,
    documents: int,
    k: int,
    algorithm: str,
    scored: ArrayLike,
    blocks: ArrayLike,
) -> NDArray[np.float64]:
    """The counts of every query.

    The first three are exact. The others are expectations: documents scored where terms fall into
    documents independently, ``D = N (1 - prod_t (1 - df_t / N))``; scanned where these fall into
    groups so, ``N (1 - (1 - D / N)^64)``; heap operations where they come in random order: the
    j-th one is among the k best so far with probability ``min(1, k / j)``, in all
    ``k + k (H_D - H_k)`` (the records of a random permutation, Knuth, The Art of Computer
    Programming 1, 1.2.10).

    Args:
        queries: scipy CSR matrix without zeros, shape (queries, |U|).
        df: document frequencies, shape (|U|,).
        documents: N.
        k: results per query.
        algorithm: that searches; no heap operations are counted for one without a heap.
        scored: postings that the algorithm scored, shape (queries,).
        blocks: blocks that it read, of the same shape.

    Returns:
        Shape (queries, counts), in the order of `COUNTS`.
    """
    share = np.asarray(df, dtype=np.float64) / max(1, documents)
    with np.errstate(divide="ignore"):
        absent = np.log1p(-share)[queries.indices]
    # A term of every document leaves none: exp(-inf) is 0.
    sums = np.add.reduceat(np.append(absent, 0.0), queries.indptr[:-1].clip(max=len(absent)))
    lengths = np.diff(queries.indptr)
    found = np.where(lengths > 0, documents * -np.expm1(sums), 0.0)
    scanned = documents * (1 - (1 - found / max(1, documents)) ** GROUP)
    heap = heap_operations(found, k) if algorithm in HEAPS else np.zeros_like(found)
    columns = (lengths, scored, blocks, found, scanned, np.minimum(found, k), heap)
    return np.stack([np.asarray(column, dtype=np.float64) for column in columns], axis=1)


def heap_operations(documents: ArrayLike, k: int) -> NDArray[np.float64]:
    """Expected number of documents that enter a heap of the k best, in random order."""
    found = np.asarray(documents, dtype=np.float64)
    kept = np.minimum(found, k)
    # H_D - H_k by the logarithm, which is within 1 / (2 k) of it.
    return kept * (1.0 + np.log(np.maximum(found, 1.0) / np.maximum(kept, 1.0)))
