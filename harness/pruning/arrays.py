"""What pruning rules are made of: the weights of (rows, terms) CSR matrices, counted and selected.

Weights are > 0, column indices sorted. Everything works on whole arrays: sorting tens of millions
of weights by row (or by term) is one sort of 64-bit keys.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_TOLERANCE = 1e-9


def row_lengths(matrix: sp.csr_array) -> Ints:
    """Weights per row, int64, shape (rows,)."""
    return np.diff(matrix.indptr).astype(np.int64)


def frequencies(matrix: sp.csr_array) -> Ints:
    """Rows that hold each column, int64, shape (terms,)."""
    return np.bincount(matrix.indices, minlength=matrix.shape[1]).astype(np.int64)


def largest(matrix: sp.csr_array) -> Floats:
    """The largest weight of each row, 0 of an empty one; float64, shape (rows,)."""
    filled = np.flatnonzero(row_lengths(matrix))
    found = np.zeros(matrix.shape[0])
    if filled.size:
        found[filled] = np.maximum.reduceat(matrix.data, matrix.indptr[:-1][filled])
    return found


def rounded_up(numbers: Any) -> Ints:
    """Whole numbers not below these, where what is above by less than 1e-9 of it is rounding."""
    return np.asarray(np.ceil(numbers * (1 - _TOLERANCE)), dtype=np.int64)


def sortable(weights: Any) -> npt.NDArray[np.uint64]:
    """Unsigned integers below 2^32 in the order of the weights, which are all > 0."""
    if weights.dtype == np.float32 or weights.dtype == np.int32:
        # IEEE 754 orders positive numbers as their bit patterns.
        return np.ascontiguousarray(weights).view(np.uint32).astype(np.uint64)
    return np.unique(weights, return_inverse=True)[1].astype(np.uint64)


def descending(matrix: sp.csr_array) -> Any:
    """The weights of each row from the largest to the smallest, in the places of its weights."""
    lengths = row_lengths(matrix)
    rows = np.repeat(np.arange(len(lengths), dtype=np.uint64), lengths) << np.uint64(32)
    if matrix.data.dtype == np.float32 or matrix.data.dtype == np.int32:
        keys = np.sort(rows | (np.uint64(0xFFFFFFFF) - sortable(matrix.data)))
        bits = (np.uint64(0xFFFFFFFF) - (keys & np.uint64(0xFFFFFFFF))).astype(np.uint32)
        return bits.view(matrix.data.dtype)
    return matrix.data[np.lexsort((-matrix.data, rows))]


def keep_largest(matrix: sp.csr_array, counts: Ints, ordered: Any = None) -> sp.csr_array:
    """Keep the ``counts`` largest weights of each row; ties keep the smaller column (term id).

    Args:
        matrix: (rows, terms).
        counts: (rows,), at most the rows' lengths.
        ordered: see `descending`, where it is there already.
    """
    lengths = row_lengths(matrix)
    if (counts >= lengths).all():
        return matrix
    ordered = descending(matrix) if ordered is None else ordered
    starts = matrix.indptr[:-1].astype(np.int64)
    some = counts > 0
    cut = np.zeros(len(counts), dtype=matrix.data.dtype)
    cut[some] = ordered[starts[some] + counts[some] - 1]
    of_row = np.repeat(cut, lengths)
    above = matrix.data > of_row
    ties = matrix.data == of_row
    room = counts - per_row(above, matrix.indptr)
    running = np.cumsum(ties)
    earlier = np.concatenate(([0], running))[matrix.indptr[:-1]]
    keep = above | (ties & (running <= np.repeat(room + earlier, lengths)))
    return select(matrix, keep & np.repeat(some, lengths))


def per_row(mask: Bools, indptr: Any) -> Ints:
    """How many of each row's weights a mask holds."""
    return np.asarray(np.diff(np.concatenate(([0], np.cumsum(mask)))[indptr]), dtype=np.int64)


def select(matrix: sp.csr_array, keep: Bools) -> sp.csr_array:
    """The weights that a mask holds; the same object where it holds all."""
    if keep.all():
        return matrix
    indptr = np.concatenate(([0], np.cumsum(per_row(keep, matrix.indptr))))
    return sp.csr_array((matrix.data[keep], matrix.indices[keep], indptr), shape=matrix.shape)
