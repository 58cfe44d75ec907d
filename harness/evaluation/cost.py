"""What retrieval costs: postings, FLOPS and why it is what it is, list lengths, latency.

Everything here is exact arithmetic on document frequencies and query vectors; nothing is timed.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike, NDArray

from ground.errors import IntegrityError
from harness.evaluation.cost_facts import Distribution, Flops, Latency, ListLengths, PostingsLists

_TOLERANCE = 1e-9


def postings_per_query(queries: Any, df: ArrayLike) -> NDArray[np.int64]:
    """Number of postings that exhaustive retrieval reads, per query.

    Args:
        queries: scipy sparse matrix, shape (queries, |U|); a term counts if its weight is not 0.
        df: document frequencies, integers, shape (|U|,), columns as in ``queries``.

    Returns:
        int64, shape (queries,): the sum of df over the terms of each query. Exact.
    """
    frequencies = _frequencies(df)
    pattern = _pattern(queries, len(frequencies))
    return np.asarray(pattern @ frequencies, dtype=np.int64)


def terms_per_row(matrix: Any) -> NDArray[np.int64]:
    """Number of terms (weights other than 0) of each query or document; int64, shape (rows,)."""
    pattern = _pattern(matrix, matrix.shape[1])
    return np.asarray(np.diff(pattern.indptr), dtype=np.int64)


def summarise(values: ArrayLike) -> Distribution:
    """Mean, median, 95th and 99th percentile and maximum; all NaN if there are no values."""
    x = np.asarray(values, dtype=np.float64).ravel()
    if not len(x):
        return Distribution(*[math.nan] * 5)
    median, p95, p99 = np.percentile(x, [50, 95, 99]).tolist()
    return Distribution(float(x.mean()), median, p95, p99, float(x.max()))


def flops(queries: Any, df: ArrayLike, documents: int) -> Flops:
    """FLOPS of a set of queries against a collection, with its split (see `Flops`).

    Args:
        queries: scipy sparse matrix, shape (queries, |U|), at least one row.
        df: document frequencies, integers, shape (|U|,).
        documents: N, number of documents, empty ones included.

    Raises:
        IntegrityError: N * FLOPS differs from the mean number of postings per query by more
            than rounding, or a document frequency exceeds N.
    """
    frequencies = _frequencies(df)
    pattern = _pattern(queries, len(frequencies))
    if documents <= 0 or not pattern.shape[0]:
        raise ValueError("FLOPS needs at least one query and one document")
    if len(frequencies) and frequencies.max() > documents:
        raise IntegrityError(
            f"A document frequency of {frequencies.max()} in a collection of {documents} documents."
        )
    p_q = np.bincount(pattern.indices, minlength=len(frequencies)) / pattern.shape[0]
    p_d = frequencies / documents
    result = _split(p_q, p_d)
    _check_identity(result.flops * documents, float((pattern @ frequencies).mean()))
    return result


def postings_lists(df: ArrayLike) -> PostingsLists:
    """Statistics of list lengths over all of U and over non-empty lists; ``df`` shape (|U|,)."""
    frequencies = _frequencies(df)
    return PostingsLists(_list_lengths(frequencies), _list_lengths(frequencies[frequencies > 0]))


def gini(values: ArrayLike) -> float:
    """Gini coefficient of non-negative numbers; NaN if there are none or all are zero.

    ``2 * sum_i i x_(i) / (n * sum x) - (n + 1) / n`` with x ascending and i from 1.
    """
    x = np.sort(np.asarray(values, dtype=np.float64))
    total = x.sum()
    if not total:
        return math.nan
    n = len(x)
    return float(2 * (np.arange(1, n + 1) @ x) / (n * total) - (n + 1) / n)


def latency(seconds: ArrayLike) -> Latency:
    """Summarise measured times in seconds, any shape (repeats by queries, for example)."""
    ms = np.asarray(seconds, dtype=np.float64).ravel() * 1000
    if not len(ms):
        return Latency(math.nan, math.nan, math.nan, math.nan, math.nan, 0)
    p50, p90, p95, p99 = np.percentile(ms, [50, 90, 95, 99]).tolist()
    return Latency(float(ms.mean()), p50, p90, p95, p99, len(ms))


def _frequencies(df: ArrayLike) -> NDArray[np.int64]:
    frequencies = np.asarray(df)
    if frequencies.ndim != 1 or frequencies.dtype.kind not in "iu":
        raise ValueError("document frequencies must be a one-dimensional array of integers")
    return frequencies.astype(np.int64)


def _pattern(matrix: Any, terms: int) -> Any:
    """A copy with 1 (int64) for each weight other than 0, each term once a row."""
    if matrix.shape[1] != terms:
        raise IntegrityError(
            f"Vectors over {matrix.shape[1]} terms, but document frequencies of {terms}."
        )
    pattern = sp.csr_array(matrix, copy=True)
    pattern.sum_duplicates()
    pattern.eliminate_zeros()
    ones = np.ones(len(pattern.indices), dtype=np.int64)
    return sp.csr_array((ones, pattern.indices, pattern.indptr), shape=pattern.shape)


def _split(p_q: NDArray[np.float64], p_d: NDArray[np.float64]) -> Flops:
    terms = len(p_q)
    total = float(p_q @ p_d)
    independent = float(p_q.sum() * p_d.sum() / terms) if terms else 0.0
    covariance = float((p_q - p_q.mean()) @ (p_d - p_d.mean())) if terms else 0.0
    share = covariance / total if total else math.nan
    if abs(independent + covariance - total) > _TOLERANCE * max(independent, total):
        raise IntegrityError(f"FLOPS {total} is not {independent} + {covariance}, its two parts.")
    return Flops(total, independent, covariance, share, terms)


def _check_identity(expected: float, postings: float) -> None:
    if abs(expected - postings) > _TOLERANCE * max(postings, 1.0):
        raise IntegrityError(
            f"N * FLOPS is {expected}, but a query reads {postings} postings on average; the two "
            f"are the same by definition."
        )


def _list_lengths(df: NDArray[np.int64]) -> ListLengths:
    if not len(df):
        nan = math.nan
        return ListLengths(0, 0, nan, nan, nan, nan, nan, 0)
    mean, std = float(df.mean()), float(df.std())
    return ListLengths(
        lists=len(df),
        postings=int(df.sum()),
        mean=mean,
        variance=float(df.var()),
        std=std,
        cv=std / mean if mean else math.nan,
        gini=gini(df),
        max=int(df.max()),
    )
