"""Collections whose postings lists are as long as a real encoder's: long-tailed, from a seed."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from harness.vectors import Vectors
from harness.vectors.model import sort_terms

TERMS = 30_000
_SCALE, _SHAPE = 10.0, 0.34
"""Of the stretched exponential that shares of documents fall by, rank by rank: fitted to a SPLADE
encoder's lists over two collections (ranks 1 to 10,000), which differ in the first share alone."""
_SPREAD, _MOST = 95.0, 290
"""Of the half-normal distribution of impacts, as the same encoder's are at scale:100."""
_UNEVEN = 1.3
"""How much longer some documents are than others; 1 makes all alike."""


def shares(most: float) -> NDArray[np.float64]:
    """Share of the documents that hold each term, most frequent first; shape (TERMS,).

    Args:
        most: the first of them, in (0, 1).
    """
    falls: NDArray[np.float64] = np.exp(-((np.arange(TERMS) / _SCALE) ** _SHAPE))
    return most * falls


def draw_documents(count: int, most: float, seed: int) -> Vectors:
    """Document vectors: int32 impacts.

    Args:
        count: how many.
        most: share of them that hold the most frequent term.
        seed: of the draws.
    """
    generator = np.random.default_rng(seed)
    # So many draws with replacement leave about the wanted number of distinct documents.
    expected = -count * np.log1p(-shares(most))
    columns = np.repeat(np.arange(TERMS), generator.poisson(expected))
    order = generator.permutation(count)
    rows = order[(count * generator.random(len(columns)) ** _UNEVEN).astype(np.int64)]
    places = np.unique(rows * TERMS + columns)
    pairs = (places // TERMS, places % TERMS)
    matrix = sp.csr_array((_impacts(len(places), generator), pairs), shape=(count, TERMS))
    return _vectors("d", matrix)


def draw_queries(count: int, length: int, bent: float, seed: int) -> Vectors:
    """Query vectors: int32 impacts, the same number of terms in each.

    Args:
        count: how many.
        length: terms of each.
        bent: how much they prefer frequent terms: each is drawn with its share to this power.
        seed: of the draws.
    """
    generator = np.random.default_rng(seed)
    preferred = shares(1.0) ** bent
    # The largest of exponential clocks: drawing without replacement (Efraimidis and Spirakis).
    clocks = generator.exponential(size=(count, TERMS)) / preferred
    columns = np.sort(np.argpartition(clocks, length, axis=1)[:, :length], axis=1)
    indptr = np.arange(0, count * length + 1, length)
    data = _impacts(count * length, generator)
    return _vectors("q", sp.csr_array((data, columns.ravel(), indptr), shape=(count, TERMS)))


def _impacts(count: int, generator: np.random.Generator) -> NDArray[np.int32]:
    drawn = 1 + np.abs(generator.normal(0.0, _SPREAD, count))
    impacts: NDArray[np.int32] = np.minimum(drawn, _MOST).astype(np.int32)
    return impacts


def _vectors(prefix: str, matrix: sp.csr_array) -> Vectors:
    names = [f"{prefix}{row:08d}" for row in range(matrix.shape[0])]
    return sort_terms(names, [f"t{column:05d}" for column in range(TERMS)], matrix)
