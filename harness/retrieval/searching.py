"""From query vectors to ranked documents and to what finding them cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from ground.errors import InputError
from harness.lucene.impact_index import ImpactIndex
from harness.pruning import NONE, Frequencies, Rule
from harness.quantisation.quantiser import Quantiser, QuantiseReport, quantise
from harness.retrieval.exact import align
from harness.vectors import Vectors


@dataclass(frozen=True)
class PreparedQueries:
    """Queries as they are searched: pruned and quantised.

    Attributes:
        vectors: int32 impacts over the queries' own terms.
        matrix: the same over the index's terms, shape (queries, index terms); terms that the
            index does not hold are left out.
        prune: which weights a query kept.
        quantiser: how weights became impacts.
        pruned: weights removed by pruning.
        lost: what quantisation dropped and clipped.
    """

    vectors: Vectors
    matrix: sp.csr_array
    prune: Rule
    quantiser: Quantiser
    pruned: int
    lost: QuantiseReport

    @property
    def unknown(self) -> int:
        """Query terms (with repetition over queries) that no document holds."""
        return int(self.vectors.nnz - self.matrix.nnz)

    def to_dict(self) -> dict[str, Any]:
        """Facts for a run's metadata."""
        return {
            "queries": len(self.vectors.ids),
            "qk": self.prune.k,
            "prune": str(self.prune),
            "quantise": str(self.quantiser),
            "pruned": self.pruned,
            "quantisation": self.lost.to_dict(),
            "unknown_terms": self.unknown,
        }


def prepare_queries(
    queries: Vectors, index: ImpactIndex, prune: Rule = NONE, quantiser: Quantiser | None = None
) -> PreparedQueries:
    """Prune and quantise queries for an index.

    Args:
        queries: float weights or impacts, over any terms.
        index: where they will be searched.
        prune: which weights a query keeps; a term's quantile is over these queries, its document
            frequency is the index's own.
        quantiser: by default the index's own, so that both sides share one scale.

    Raises:
        InputError: no query holds a term of the index (another vocabulary); weights that the
            quantiser cannot turn into impacts; a rule that is for documents.
    """
    quantiser = quantiser or Quantiser.parse(str(index.manifest["quantise"]))
    pruned = prune_queries(queries, index, prune)
    impacts, lost = quantise(pruned, quantiser.fit(queries.matrix))
    matrix = align(impacts, index.terms)
    if queries.nnz and not matrix.nnz and not align(queries, index.terms).nnz:
        raise InputError(
            f"None of the {len(queries.terms):,} terms of the queries (such as "
            f"{queries.terms[0]!r}) is in the index (which has terms such as "
            f"{index.terms[0]!r}): they come from another vocabulary. Encode the queries with the "
            f"encoder that made the documents."
        )
    return PreparedQueries(impacts, matrix, prune, quantiser, queries.nnz - pruned.nnz, lost)


def prune_queries(queries: Vectors, index: ImpactIndex, prune: Rule) -> Vectors:
    """Prune queries for an index.

    Rules about document frequencies take those of the index, after its documents were pruned and
    rounded: its lists are what queries cost, and what a search engine knows.

    Raises:
        InputError: the rule is for documents.
    """
    known = None
    if prune.check_queries().by_columns:
        known = Frequencies.looked_up(queries.terms, index.terms, index.document_frequency)
    return prune.prune(queries, known)


def query_lengths(matrix: sp.csr_array) -> npt.NDArray[np.int64]:
    """Terms per query, int64, shape (queries,)."""
    return np.diff(matrix.indptr).astype(np.int64)
