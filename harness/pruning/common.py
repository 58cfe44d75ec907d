"""Common terms with small weights go: token pruning as in Elasticsearch's sparse_vector queries."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import scipy.sparse as sp

from harness.pruning.arrays import largest, row_lengths, select
from harness.pruning.columns import Columns, Frequencies
from harness.pruning.numbers import written


class Common(NamedTuple):
    """Which terms are common, and which weights small.

    Attributes:
        times: a term is common from so many times the mean document frequency
            (tokens_freq_ratio_threshold, 5 by default).
        ratio: a weight is small up to so much of its text's largest (tokens_weight_threshold, 0.4).
    """

    times: float
    ratio: float

    @classmethod
    def read(cls, text: str) -> Common:
        """Read ``5:0.4``.

        Raises:
            ValueError: it is something else.
        """
        times, ratio = text.split(":")
        return cls(float(times), float(ratio))

    def sensible(self) -> bool:
        """Whether a rule can be made of them."""
        return 0 <= self.times < float("inf") and 0 <= self.ratio <= 1

    def __str__(self) -> str:
        return f"{written(self.times)}:{written(self.ratio)}"


def drop_common(matrix: sp.csr_array, common: Common, columns: Columns) -> sp.csr_array:
    """Drop the terms that are common and whose weight is small; the others stay.

    As Elasticsearch computes it (its class TokenPruningConfig; on by default for the fields of
    indices that 9.1 or a later version makes, as ``index_options.pruning_config``): a term stays if
    it is in fewer documents than ``times`` the mean document frequency of all terms, or if its
    weight is above ``ratio`` times the largest. A term that no document holds stays here; it finds
    nothing.

    Args:
        matrix: queries or documents.
        common: the two limits.
        columns: with the document frequencies of the collection that is searched; where they have
            none, the rows are the collection.
    """
    of_terms = columns.frequencies or Frequencies.counted(matrix)
    often = of_terms.of_columns >= common.times * of_terms.mean
    often &= of_terms.of_columns > 0
    cut = np.repeat(common.ratio * largest(matrix), row_lengths(matrix))
    return select(matrix, ~often[matrix.indices] | (matrix.data.astype(np.float64) > cut))
