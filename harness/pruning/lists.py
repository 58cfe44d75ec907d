"""The rules of postings lists, and of all of them: what a row keeps depends on the other rows."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from harness.pruning.arrays import frequencies, select, sortable
from harness.pruning.steps import top_k


def term_quantile(matrix: sp.csr_array, share: float) -> sp.csr_array:
    """Keep the weights above their term's quantile (over the rows that are given).

    The quantile p of n weights is the floor(p n)-th smallest, so that a share p of each list goes
    (with weights that equal the quantile), and a list of fewer than 1 / p postings stays whole.
    Term-centric pruning of Lassance et al., arXiv 2304.12702.
    """
    bits = sortable(matrix.data)
    order = np.sort(matrix.indices.astype(np.uint64) << np.uint64(32) | bits)
    frequency = frequencies(matrix)
    removed = np.floor(share * frequency).astype(np.int64)
    starts = np.cumsum(frequency) - frequency
    cut = np.full(matrix.shape[1], -1, dtype=np.int64)
    some = removed > 0
    cut[some] = (order[starts[some] + removed[some] - 1] & np.uint64(0xFFFFFFFF)).astype(np.int64)
    return select(matrix, bits.astype(np.int64) > cut[matrix.indices])


def largest_share(matrix: sp.csr_array, share: float) -> sp.csr_array:
    """Keep the floor(``share`` n + 1/2) largest of all n weights: the nearest whole number.

    Ties at the cut keep the earlier row, and in a row the smaller column, so that it does not
    matter in how many files the rows lie. It is a threshold for all weights that is chosen by how
    many stay: uniform pruning of Carmel et al., "Static index pruning for information retrieval
    systems", SIGIR 2001; agnostic pruning of Lassance et al., arXiv 2304.12702.
    """
    count = int(np.floor(share * matrix.nnz + 0.5))
    if count >= matrix.nnz:
        return matrix
    if not count:
        return select(matrix, np.zeros(matrix.nnz, dtype=np.bool_))
    place = matrix.nnz - count
    cut = np.partition(matrix.data, place)[place]
    keep = matrix.data > cut
    ties = np.flatnonzero(matrix.data == cut)
    keep[ties[: count - int(keep.sum())]] = True
    return select(matrix, keep)


def cap_lists(matrix: sp.csr_array, longest: float) -> sp.csr_array:
    """Keep the ``longest`` largest weights of each term; ties keep the earlier row.

    Static pruning of Seismic's lists (Bruch et al., SIGIR 2024, arXiv 2404.18812: its
    lambda), after the term-based pruning of Carmel et al., SIGIR 2001.
    """
    if (frequencies(matrix) <= longest).all():
        return matrix
    return top_k(matrix.T.tocsr(), longest).T.tocsr()
