"""Sparse vectors with their document (or query) ids and their terms."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from harness.vectors.account import Account

MAX_IMPACT = 2**24 - 1
"""Largest impact that Lucene's float32 scores hold exactly."""


@dataclass(frozen=True)
class Vectors:
    """A set of sparse impact vectors.

    Terms are in code point order, so that a term's id, which breaks ties in pruning, is the
    same whichever file or order the vectors came from.

    Attributes:
        ids: one per row, unique, without white space.
        terms: one per column, unique, in code point order, without white space.
        matrix: (rows, terms), float32 weights or int32 impacts; canonical (sorted column
            indices, no duplicates), every stored value > 0.
        zeros: explicit zero weights that the source held and that were left out.
        account: of the files of JSON Lines that were read; None for vectors from elsewhere.
    """

    ids: list[str]
    terms: list[str]
    matrix: sp.csr_array
    zeros: int = 0
    account: Account | None = None

    @property
    def nnz(self) -> int:
        """Number of stored weights."""
        return int(self.matrix.nnz)

    @property
    def is_integer(self) -> bool:
        """Whether weights are impacts (integers) already."""
        return bool(np.issubdtype(self.matrix.dtype, np.integer))

    def with_matrix(self, matrix: sp.csr_array) -> Vectors:
        """The same rows and terms with other weights."""
        return replace(self, matrix=matrix)

    def lengths(self) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """Terms per vector, int64, shape (rows,)."""
        return np.diff(self.matrix.indptr).astype(np.int64)


def sort_terms(ids: list[str], terms: list[str], matrix: sp.csr_array, zeros: int = 0) -> Vectors:
    """Bring the columns into code point order and the rows into canonical form."""
    order = sorted(range(len(terms)), key=terms.__getitem__)
    if order == list(range(len(terms))):
        result = matrix.copy() if not matrix.has_sorted_indices else matrix
        result.sort_indices()
        return Vectors(ids, terms, result, zeros)
    place = np.empty(len(terms), dtype=np.int32)
    place[order] = np.arange(len(terms), dtype=np.int32)
    moved = sp.csr_array((matrix.data, place[matrix.indices], matrix.indptr), shape=matrix.shape)
    moved.sort_indices()
    return Vectors(ids, [terms[i] for i in order], moved, zeros)
