"""What a rule may know of the columns of a matrix: the terms, and how many documents hold each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import scipy.sparse as sp

from ground.errors import InputError
from harness.pruning.arrays import Bools, Ints, frequencies


class Frequencies(NamedTuple):
    """Document frequencies of a collection.

    Attributes:
        of_columns: documents that hold each column's term, int64, shape (terms,).
        mean: over all terms of the collection that a document holds, those without a column too.
    """

    of_columns: Ints
    mean: float

    @classmethod
    def counted(cls, matrix: sp.csr_array) -> Frequencies:
        """Those of the rows of a matrix."""
        of_columns = frequencies(matrix)
        return cls(of_columns, _mean(of_columns))

    @classmethod
    def looked_up(cls, names: Sequence[str], terms: Sequence[str], of_terms: Ints) -> Frequencies:
        """Those of a collection with other columns.

        Args:
            names: the terms of the columns; one that the collection lacks has 0 documents.
            terms: the collection's.
            of_terms: documents that hold each of these.
        """
        known = dict(zip(terms, of_terms.tolist(), strict=True))
        of_columns = np.asarray([known.get(name, 0) for name in names], dtype=np.int64)
        return cls(of_columns, _mean(of_terms))


@dataclass(frozen=True)
class Columns:
    """The columns of a matrix.

    Attributes:
        names: the terms, one a column.
        frequencies: of the collection that is searched; None where the rows are the collection.
    """

    names: Sequence[str] | None = None
    frequencies: Frequencies | None = None
    _masks: dict[frozenset[str], Bools] = field(default_factory=dict, compare=False, repr=False)

    def among(self, terms: frozenset[str]) -> Bools:
        """Which columns are of some terms, bool, shape (terms,).

        Raises:
            InputError: the terms of the columns are not known.
        """
        if self.names is None:
            raise InputError(
                "A rule about given terms was applied to a matrix alone, whose columns have no "
                "names. Give it Columns with names, or prune esplade.Vectors."
            )
        # A collection is pruned in many parts, which share their columns.
        if terms not in self._masks:
            mask = (name in terms for name in self.names)
            self._masks[terms] = np.fromiter(mask, dtype=np.bool_, count=len(self.names))
        return self._masks[terms]


def _mean(counts: Ints) -> float:
    held = counts[counts > 0]
    return float(held.mean()) if held.size else 0.0
