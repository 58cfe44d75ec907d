"""Pruning of sparse vectors: which weights are kept before indexing or searching.

Top-k ("document-centric" pruning, for documents and queries alike) after Lassance et al.,
arXiv 2304.12702; ``qk`` and ``dk`` of arXiv 2605.01407 are its k, where 0 means not pruned.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from harness.errors import InputError

_BLOCK = 1 << 22
"""Weights looked at together; bounds the memory of the padded blocks."""


@dataclass(frozen=True)
class PruneReport:
    """What pruning removed: weights (counts) before and after."""

    before: int
    after: int

    @property
    def dropped(self) -> int:
        """Weights removed."""
        return self.before - self.after


def top_k(matrix: sp.csr_array, k: int) -> sp.csr_array:
    """Keep the k largest weights of each row.

    Ties at the cut keep the smaller column (term id), so that the same vector is always pruned
    to the same vector.

    Args:
        matrix: (rows, terms) with sorted column indices.
        k: largest number of weights a row keeps; 0 keeps all.

    Returns:
        A matrix of the same shape and dtype.

    Raises:
        InputError: k is negative.
    """
    if k < 0:
        raise InputError(f"{k} is no number of terms to keep; use 0 to keep all of them.")
    lengths = np.diff(matrix.indptr)
    if k == 0 or not (lengths > k).any():
        return matrix
    keep = np.ones(matrix.nnz, dtype=bool)
    long_rows = np.flatnonzero(lengths > k)
    # Rows of similar length share a block, so that padding costs little.
    long_rows = long_rows[np.argsort(lengths[long_rows], kind="stable")]
    for rows in _blocks(long_rows, lengths):
        places, kept = _keep_in_block(matrix, rows, k)
        keep[places] = kept
    return _select(matrix, keep)


def prune_report(before: sp.csr_array, after: sp.csr_array) -> PruneReport:
    """Count what a pruning removed."""
    return PruneReport(int(before.nnz), int(after.nnz))


def _blocks(
    rows: npt.NDArray[np.int64], lengths: npt.NDArray[np.int64]
) -> list[npt.NDArray[np.int64]]:
    """Cut rows (by rising length) into runs whose padded blocks stay within `_BLOCK` cells."""
    blocks, start = [], 0
    while start < len(rows):
        end = len(rows)
        while end - start > 1 and (end - start) * int(lengths[rows[end - 1]]) > _BLOCK:
            end = start + max(1, (end - start) // 2)
        blocks.append(rows[start:end])
        start = end
    return blocks


def _keep_in_block(
    matrix: sp.csr_array, rows: npt.NDArray[np.int64], k: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Positions of the rows' weights in ``matrix.data``, and which of them stay."""
    starts = matrix.indptr[rows].astype(np.int64)
    lengths = matrix.indptr[rows + 1].astype(np.int64) - starts
    places = starts[:, None] + np.arange(int(lengths.max()))
    real = places < (starts + lengths)[:, None]
    # Weights are > 0, so that padding with 0 never wins over one.
    weights = np.where(real, matrix.data[np.where(real, places, 0)], 0)
    cut = np.partition(weights, -k, axis=1)[:, -k][:, None]
    above = weights > cut
    ties = weights == cut
    room = k - above.sum(axis=1, keepdims=True)
    kept = above | (ties & (np.cumsum(ties, axis=1) <= room))
    return places[real], kept[real]


def _select(matrix: sp.csr_array, keep: npt.NDArray[np.bool_]) -> sp.csr_array:
    """The stored weights where ``keep`` holds."""
    counts = np.concatenate(([0], np.cumsum(keep, dtype=np.int64)))
    return sp.csr_array(
        (matrix.data[keep], matrix.indices[keep], counts[matrix.indptr]), shape=matrix.shape
    )
