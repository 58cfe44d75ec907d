"""What a quantisation loses: weights that vanish or are cut, and how the ranking changes.

The reference is the ranking by float weights, found by brute force.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ground.errors import InputError
from harness.lucene.impact_checks import EXACT_BELOW
from harness.pruning import NONE, Frequencies, Rule
from harness.quantisation.quantiser import Quantiser, QuantiseReport, quantise
from harness.retrieval.exact import align
from harness.vectors import Vectors

_DEPTH, _TOP = 1000, 10
_BATCH = 16

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class QuantisationLoss:
    """What one quantisation did to documents, queries and scores.

    Attributes:
        quantise: the quantisation, with its fitted range.
        documents: weights of the documents: how many, zeroed, clipped, vectors emptied.
        queries: the same of the queries.
        queries_compared: queries that find anything with float weights; the means are over them.
        correlation: mean over queries of Pearson's correlation of integer and float scores,
            over the 1,000 best documents by float score; None where no query has two different
            scores.
        overlap: mean share of the 10 best by float score that are among the 10 best by integers.
        first: share of queries whose best document stays the best.
        largest_score: a bound on any score: the largest sum of a query's impacts, each times the
            largest impact of its term.
        exact: whether Lucene adds all scores exactly (the bound is below 2^24).
    """

    quantise: str
    documents: QuantiseReport
    queries: QuantiseReport
    queries_compared: int
    correlation: float | None
    overlap: float | None
    first: float | None
    largest_score: int
    exact: bool

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


def compare_quantisers(
    documents: Vectors,
    queries: Vectors,
    quantisers: Sequence[Quantiser],
    *,
    doc_prune: Rule = NONE,
    query_prune: Rule = NONE,
    progress: Callable[[int], None] | None = None,
) -> list[QuantisationLoss]:
    """Compare quantised with float rankings of the same pruned vectors.

    Args:
        documents: float weights.
        queries: float weights, over any terms.
        quantisers: an open range is fitted to the unpruned documents, as an index does.
        doc_prune: pruning of the documents, before either ranking.
        query_prune: pruning of the queries; document frequencies are those of the pruned
            documents.
        progress: called with the number of queries compared since the last call.

    Raises:
        InputError: the vectors are integers, or become impacts beyond 2^24 - 1; a rule for
            documents is given for the queries.
    """
    if documents.is_integer or queries.is_integer:
        raise InputError(
            "The weights are integers already: quantisation loses nothing of them. Give the float "
            "vectors that they were made from."
        )
    in_order = _sorted_by_id(documents)
    pruned = doc_prune.prune(in_order)
    counts = Frequencies.counted(pruned.matrix).of_columns
    known = Frequencies.looked_up(queries.terms, pruned.terms, counts)
    asked = query_prune.check_queries().prune(queries, known)
    sides = [
        _Quantised.make(pruned, asked, quantiser.fit(documents.matrix)) for quantiser in quantisers
    ]
    reference = _Scores(pruned.matrix, align(asked, pruned.terms))
    for start in range(0, len(queries.ids), _BATCH):
        stop = min(len(queries.ids), start + _BATCH)
        exact = reference.rows(start, stop)
        for side in sides:
            side.compare(exact, side.scores.rows(start, stop))
        if progress:
            progress(stop - start)
    return [side.loss() for side in sides]


class _Scores:
    """Dense scores of some queries for all documents."""

    def __init__(self, documents: sp.csr_array, queries: sp.csr_array) -> None:
        self._transposed = documents.astype(np.float64).T.tocsr()
        self._queries = queries.astype(np.float64)

    def rows(self, start: int, stop: int) -> Floats:
        return np.asarray((self._queries[start:stop] @ self._transposed).toarray())


class _Quantised:
    """One quantisation's scores, and what has been seen of them so far."""

    def __init__(self, quantiser: Quantiser, lost: list[QuantiseReport], scores: _Scores) -> None:
        self.quantiser, self.lost, self.scores = quantiser, lost, scores
        self.bound = 0
        self._overlaps: list[float] = []
        self._firsts: list[bool] = []
        self._correlations: list[float] = []

    @classmethod
    def make(cls, documents: Vectors, queries: Vectors, quantiser: Quantiser) -> _Quantised:
        impacts, of_documents = quantise(documents, quantiser)
        asked, of_queries = quantise(queries, quantiser)
        matrix = align(asked, documents.terms)
        made = cls(quantiser, [of_documents, of_queries], _Scores(impacts.matrix, matrix))
        largest = impacts.matrix.max(axis=0).toarray().ravel().astype(np.int64)
        made.bound = int((matrix.astype(np.int64) @ largest).max(initial=0))
        return made

    def compare(self, exact: Floats, integer: Floats) -> None:
        for floats, integers in zip(exact, integer, strict=True):
            best = _best(floats, _DEPTH)
            if not best.size:
                continue
            found = _best(integers, _TOP)
            kept = np.isin(best[:_TOP], found).mean()
            self._overlaps.append(float(kept))
            self._firsts.append(bool(found.size and found[0] == best[0]))
            one, two = floats[best], integers[best]
            if one.std() > 0 and two.std() > 0:
                self._correlations.append(float(np.corrcoef(one, two)[0, 1]))

    def loss(self) -> QuantisationLoss:
        return QuantisationLoss(
            str(self.quantiser),
            self.lost[0],
            self.lost[1],
            len(self._overlaps),
            _mean(self._correlations),
            _mean(self._overlaps),
            _mean(self._firsts),
            self.bound,
            self.bound < EXACT_BELOW,
        )


def _best(scores: Floats, k: int) -> NDArray[np.int64]:
    """Rows of the k largest scores above 0, ties by row."""
    rows = np.flatnonzero(scores > 0)
    if rows.size > k:
        # Whatever ties with the k-th stays in, and the stable sort below decides.
        limit = np.partition(scores[rows], rows.size - k)[rows.size - k]
        rows = rows[scores[rows] >= limit]
    best: NDArray[np.int64] = rows[np.argsort(-scores[rows], kind="stable")][:k]
    return best


def _sorted_by_id(vectors: Vectors) -> Vectors:
    order = sorted(range(len(vectors.ids)), key=vectors.ids.__getitem__)
    return Vectors([vectors.ids[row] for row in order], vectors.terms, vectors.matrix[order])


def _mean(values: Sequence[float]) -> float | None:
    return float(np.mean(values)) if values else None
