"""The rules, one function each: (rows, terms) CSR in, CSR of the same shape and dtype out.

Weights are > 0, column indices sorted. Everything works on whole arrays: sorting tens of millions
of weights by row (or by term) is one sort of 64-bit keys.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from ground.errors import InputError

_Bools = npt.NDArray[np.bool_]
_Ints = npt.NDArray[np.int64]


def top_k(matrix: sp.csr_array, k: float) -> sp.csr_array:
    """Keep the k largest weights of each row; ties at the cut keep the smaller column (term id).

    Raises:
        InputError: k is negative.
    """
    if k < 0:
        raise InputError(f"{k:g} is no number of terms to keep; use 0 to keep all of them.")
    lengths = _lengths(matrix)
    if k == 0 or not (lengths > k).any():
        return matrix
    return _keep_best(matrix, np.minimum(lengths, int(k)), _descending(matrix))


def threshold(matrix: sp.csr_array, lowest: float) -> sp.csr_array:
    """Keep the weights above a threshold."""
    return _select(matrix, matrix.data > lowest)


def max_ratio(matrix: sp.csr_array, ratio: float) -> sp.csr_array:
    """Keep the weights of at least ``ratio`` times their row's largest."""
    filled = np.flatnonzero(_lengths(matrix))
    largest = np.zeros(matrix.shape[0])
    if filled.size:
        largest[filled] = np.maximum.reduceat(matrix.data, matrix.indptr[:-1][filled])
    cut = np.repeat(ratio * largest, _lengths(matrix))
    return _select(matrix, matrix.data.astype(np.float64) >= cut)


def mass(matrix: sp.csr_array, share: float) -> sp.csr_array:
    """Keep each row's largest weights until their sum reaches ``share`` of the row's total.

    The fewest that do so, with 1e-9 of the total as tolerance; ties keep the smaller column.
    """
    filled = np.flatnonzero(_lengths(matrix))
    if not filled.size:
        return matrix
    ordered = _descending(matrix)
    lengths = _lengths(matrix)[filled]
    starts = matrix.indptr[:-1][filled].astype(np.int64)
    units = _units(ordered, np.repeat(ordered[starts], lengths))
    # Running sums over all rows may wrap around; their differences within a row are exact.
    ends = np.cumsum(units)
    before = np.repeat(ends[starts] - units[starts], lengths)
    target = (share - 1e-9) * np.add.reduceat(units, starts)
    stays = ends - units - before < np.repeat(target, lengths)
    counts = np.zeros(matrix.shape[0], dtype=np.int64)
    counts[filled] = np.maximum(1, np.add.reduceat(stays, starts, dtype=np.int64))
    return _keep_best(matrix, counts, ordered)


def _units(weights: Any, largest: Any) -> _Ints:
    """Weights as integers, so that a row's sums do not depend on where in a matrix it stands."""
    if np.issubdtype(weights.dtype, np.integer):
        return np.asarray(weights, dtype=np.int64)
    return np.asarray(np.rint(weights / largest.astype(np.float64) * 2.0**40), dtype=np.int64)


def term_quantile(matrix: sp.csr_array, share: float) -> sp.csr_array:
    """Keep the weights above their term's quantile (over the rows that are given).

    The quantile p of n weights is the floor(p n)-th smallest, so that a share p of each list goes
    (with weights that equal the quantile), and a list of fewer than 1 / p postings stays whole.
    """
    order = np.sort(matrix.indices.astype(np.uint64) << np.uint64(32) | _bits(matrix.data))
    frequency = np.bincount(matrix.indices, minlength=matrix.shape[1])
    removed = np.floor(share * frequency).astype(np.int64)
    starts = np.cumsum(frequency) - frequency
    cut = np.full(matrix.shape[1], -1, dtype=np.int64)
    some = removed > 0
    cut[some] = (order[starts[some] + removed[some] - 1] & np.uint64(0xFFFFFFFF)).astype(np.int64)
    return _select(matrix, _bits(matrix.data).astype(np.int64) > cut[matrix.indices])


def _lengths(matrix: sp.csr_array) -> _Ints:
    return np.diff(matrix.indptr).astype(np.int64)


def _bits(weights: Any) -> npt.NDArray[np.uint64]:
    """Unsigned integers below 2^32 in the order of the weights, which are all > 0."""
    if weights.dtype == np.float32 or weights.dtype == np.int32:
        # IEEE 754 orders positive numbers as their bit patterns.
        return np.ascontiguousarray(weights).view(np.uint32).astype(np.uint64)
    return np.unique(weights, return_inverse=True)[1].astype(np.uint64)


def _descending(matrix: sp.csr_array) -> Any:
    """The weights of each row from the largest to the smallest, in the places of its weights."""
    lengths = _lengths(matrix)
    rows = np.repeat(np.arange(len(lengths), dtype=np.uint64), lengths) << np.uint64(32)
    if matrix.data.dtype == np.float32 or matrix.data.dtype == np.int32:
        keys = np.sort(rows | (np.uint64(0xFFFFFFFF) - _bits(matrix.data)))
        bits = (np.uint64(0xFFFFFFFF) - (keys & np.uint64(0xFFFFFFFF))).astype(np.uint32)
        return bits.view(matrix.data.dtype)
    return matrix.data[np.lexsort((-matrix.data, rows))]


def _keep_best(matrix: sp.csr_array, counts: _Ints, ordered: Any) -> sp.csr_array:
    """Keep the ``counts`` largest weights of each row, ties by column.

    Args:
        matrix: (rows, terms).
        counts: (rows,), at most the rows' lengths.
        ordered: see `_descending`.
    """
    lengths = _lengths(matrix)
    starts = matrix.indptr[:-1].astype(np.int64)
    some = counts > 0
    cut = np.zeros(len(counts), dtype=matrix.data.dtype)
    cut[some] = ordered[starts[some] + counts[some] - 1]
    of_row = np.repeat(cut, lengths)
    above = matrix.data > of_row
    ties = matrix.data == of_row
    room = counts - _per_row(above, matrix.indptr)
    running = np.cumsum(ties)
    earlier = np.concatenate(([0], running))[matrix.indptr[:-1]]
    keep = above | (ties & (running <= np.repeat(room + earlier, lengths)))
    return _select(matrix, keep & np.repeat(some, lengths))


def _per_row(mask: _Bools, indptr: Any) -> _Ints:
    return np.asarray(np.diff(np.concatenate(([0], np.cumsum(mask)))[indptr]), dtype=np.int64)


def _select(matrix: sp.csr_array, keep: _Bools) -> sp.csr_array:
    if keep.all():
        return matrix
    indptr = np.concatenate(([0], np.cumsum(_per_row(keep, matrix.indptr))))
    return sp.csr_array((matrix.data[keep], matrix.indices[keep], indptr), shape=matrix.shape)
