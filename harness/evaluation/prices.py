"""Measures of cost per query, by name: those of other packages stand beside our own in tables."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ground.doors import Door
from ground.errors import InputError
from harness.evaluation.cost import postings_per_query, terms_per_row

_Ints = NDArray[np.int64]


class CostMeasure(Protocol):
    """What queries cost on an index, one number each; smaller is cheaper."""

    def __call__(
        self, queries: sp.csr_array, document_frequency: NDArray[np.int64], documents: int
    ) -> Any:
        """The costs, shape (queries,).

        Args:
            queries: int32 impacts over the index's terms, as they are searched.
            document_frequency: length of the list of each term.
            documents: number of documents.
        """


def _postings(queries: sp.csr_array, document_frequency: _Ints, documents: int) -> Any:
    return postings_per_query(queries, document_frequency)


def _query_terms(queries: sp.csr_array, document_frequency: _Ints, documents: int) -> Any:
    return terms_per_row(queries)


OWN: dict[str, CostMeasure] = {"postings": _postings, "query_terms": _query_terms}
COSTS: Door[CostMeasure] = Door("measure of cost", "esplade.costs", OWN)
"""Measures of cost by the name of their column; what is known here is measured by every search."""


def further_costs(
    queries: sp.csr_array, document_frequency: NDArray[np.int64], documents: int
) -> dict[str, NDArray[np.float64]]:
    """The costs by all measures that are not our own.

    Raises:
        InputError: one gives no number for each query.
    """
    found = {}
    for name in COSTS:
        if name in OWN:
            continue
        values = np.asarray(COSTS.find(name)(queries, document_frequency, documents), np.float64)
        if values.shape != (queries.shape[0],) or not np.isfinite(values).all():
            raise InputError(
                f"The measure of cost {name!r} gave an array of shape {values.shape}, or values "
                f"that are no finite numbers, for {queries.shape[0]} queries."
            )
        found[name] = values
    return found
