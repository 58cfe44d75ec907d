"""The rules of one vector, one function each: (rows, terms) CSR in, CSR with fewer weights out.

Weights are > 0, column indices sorted; shape and dtype stay. What a row keeps depends on nothing
but that row.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp

from ground.errors import InputError
from harness.pruning.arrays import (
    Ints,
    descending,
    keep_largest,
    largest,
    rounded_up,
    row_lengths,
    select,
)


def top_k(matrix: sp.csr_array, k: float) -> sp.csr_array:
    """Keep the k largest weights of each row; ties at the cut keep the smaller column (term id).

    ``qk`` and ``dk`` of arXiv 2605.01407; document-centric pruning of Lassance et al., arXiv
    2304.12702.

    Raises:
        InputError: k is negative.
    """
    if k < 0:
        raise InputError(f"{k:g} is no number of terms to keep; use 0 to keep all of them.")
    if k == 0:
        return matrix
    return keep_largest(matrix, np.minimum(row_lengths(matrix), int(k)))


def threshold(matrix: sp.csr_array, lowest: float) -> sp.csr_array:
    """Keep the weights above a threshold (agnostic pruning of arXiv 2304.12702)."""
    return select(matrix, matrix.data > lowest)


def max_ratio(matrix: sp.csr_array, ratio: float) -> sp.csr_array:
    """Keep the weights of at least ``ratio`` times their row's largest (OpenSearch's max_ratio)."""
    cut = np.repeat(ratio * largest(matrix), row_lengths(matrix))
    return select(matrix, matrix.data.astype(np.float64) >= cut)


def mass(matrix: sp.csr_array, share: float) -> sp.csr_array:
    """Keep each row's largest weights until their sum reaches ``share`` of the row's total.

    The fewest that do so, with 1e-9 of the total as tolerance; ties keep the smaller column
    (OpenSearch's alpha_mass).
    """
    filled = np.flatnonzero(row_lengths(matrix))
    if not filled.size:
        return matrix
    ordered = descending(matrix)
    lengths = row_lengths(matrix)[filled]
    starts = matrix.indptr[:-1][filled].astype(np.int64)
    units = _units(ordered, np.repeat(ordered[starts], lengths))
    # Running sums over all rows may wrap around; their differences within a row are exact.
    ends = np.cumsum(units)
    before = np.repeat(ends[starts] - units[starts], lengths)
    target = (share - 1e-9) * np.add.reduceat(units, starts)
    stays = ends - units - before < np.repeat(target, lengths)
    counts = np.zeros(matrix.shape[0], dtype=np.int64)
    counts[filled] = np.maximum(1, np.add.reduceat(stays, starts, dtype=np.int64))
    return keep_largest(matrix, counts, ordered)


def fraction(matrix: sp.csr_array, share: float) -> sp.csr_array:
    """Keep the ceil(``share`` n) largest of each row's n weights; ties keep the smaller column.

    k in proportion to a document's length, as in DCP_Rel of Büttcher and Clarke, "A
    document-centric approach to static index pruning", CIKM 2006, which counts distinct terms too.
    """
    lengths = row_lengths(matrix)
    counts = np.minimum(lengths, np.maximum(1, rounded_up(share * lengths)))
    return keep_largest(matrix, counts)


def entropy(matrix: sp.csr_array, factor: float) -> sp.csr_array:
    """Keep the ceil(``factor`` exp(H)) largest weights of each row, at most all of them.

    H = -sum p ln p of the row's weights p divided by their sum. exp(H) is the number of equal
    weights with the same entropy: the effective number of terms (Hill, "Diversity and evenness",
    Ecology 54, 1973, order 1), n where all n are equal and near 1 where one outweighs the rest. No
    publication is known to us that sets k by it. Ties keep the smaller column.
    """
    lengths = row_lengths(matrix)
    filled = np.flatnonzero(lengths)
    if not filled.size:
        return matrix
    starts = matrix.indptr[:-1][filled].astype(np.int64)
    weights = matrix.data.astype(np.float64)
    shares = weights / np.repeat(np.add.reduceat(weights, starts), lengths[filled])
    effective = np.exp(-np.add.reduceat(shares * np.log(shares), starts))
    counts = np.zeros(matrix.shape[0], dtype=np.int64)
    wanted = np.maximum(1, rounded_up(factor * effective))
    counts[filled] = np.minimum(wanted, lengths[filled])
    return keep_largest(matrix, counts)


def _units(weights: Any, most: Any) -> Ints:
    """Weights as integers, so that a row's sums do not depend on where in a matrix it stands."""
    if np.issubdtype(weights.dtype, np.integer):
        return np.asarray(weights, dtype=np.int64)
    return np.asarray(np.rint(weights / most.astype(np.float64) * 2.0**40), dtype=np.int64)
