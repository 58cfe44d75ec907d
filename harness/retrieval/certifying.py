r"""Whether a search in two steps surely found the exact k best, query by query.

A document that is no candidate has a score s in step one of at most the last candidate's. A term t
of the query is in its pruned vector, and then adds to s up to M_t, its query weight times the
largest weight in the pruned index; or it is not, and then hides up to h_t, its query weight times
the largest weight that pruning took. As no term does both, the full score is at most

    g(s) = sum_t h_t + max { sum_t x_t (1 - h_t / M_t) : sum_t x_t <= s, 0 <= x_t <= M_t },

which a greedy choice by h_t / M_t attains. Terms that the query lost have M_t = 0 and hide up to
their weight times the largest weight of all. The k best are certain when the k-th full score is
above g of the last candidate's score.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ground.errors import InputError
from harness.lucene.impact_index import ImpactIndex
from harness.lucene.results import Hits
from harness.lucene.two_step import Steps
from harness.retrieval.exact import align
from harness.retrieval.hidden import hidden_weights
from harness.retrieval.searching import PreparedQueries

_ROUNDING = 1e-6
"""Far above what sums below 2^24 lose in float64, far below the 1 that scores differ by."""

_Floats = NDArray[np.float64]
_Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Reach:
    """What the terms of one query can add to a document's scores.

    Attributes:
        shown: float64 (terms,), M_t: the most that each adds in step one.
        hidden: float64 (terms,), h_t: the most that each adds to the full score alone.
        least: how many of the terms a candidate had to hold in the pruned index.
    """

    shown: _Floats
    hidden: _Floats
    least: int = 1

    def full(self, score: float) -> int:
        """g: the most that a document of at most this score in step one has as its full score."""
        seen = self.shown > 0
        share = self.hidden[seen] / self.shown[seen]
        order = np.argsort(share)
        before = np.cumsum(self.shown[seen][order])
        taken = np.diff(np.minimum(before, score), prepend=0.0)
        gain = taken @ np.maximum(0.0, 1.0 - share[order])
        return int(np.floor(self.hidden.sum() + gain + _ROUNDING))

    def unmatched(self) -> float:
        """The largest score in step one of a document that holds too few of the terms."""
        return float(np.sort(self.shown)[::-1][: self.least - 1].sum())


def reaches(
    first: ImpactIndex, full: ImpactIndex, pruned: PreparedQueries, queries: PreparedQueries
) -> list[Reach]:
    """The reach of every query.

    Args:
        first: the pruned index.
        full: the index that it is a pruning of.
        pruned: the queries as step one searches ``first``.
        queries: the same queries, unpruned, as step two has them.

    Raises:
        InputError: ``first`` is no pruning of ``full``; pruning changed a query's weight that it
            kept.
    """
    hidden = hidden_weights(first, full)
    shown = _largest_shown(first, full)
    asked, kept = queries.matrix, align(pruned.vectors, full.terms)
    _check_kept(asked, kept, queries.vectors.ids)
    least = pruned.prune.least
    found = []
    for row in range(asked.shape[0]):
        span = slice(asked.indptr[row], asked.indptr[row + 1])
        columns, weights = asked.indices[span], asked.data[span].astype(np.float64)
        own = slice(kept.indptr[row], kept.indptr[row + 1])
        searched = np.isin(columns, kept.indices[own])
        most = np.where(searched, hidden[columns], full.max_impact[columns])
        # Of a query of fewer terms all have to match; unknown ones count here, to be safe.
        own_least = max(1, min(least, int(searched.sum())))
        found.append(Reach(weights * searched * shown[columns], weights * most, own_least))
    return found


def certified(
    reaches: list[Reach], hits: Hits, steps: Steps, *, k: int, candidates: int, documents: int
) -> _Ints:
    """Whether each query's results are certainly the exact k best of all documents.

    Args:
        reaches: of the queries.
        hits: what step two gave.
        steps: what both steps did.
        k: results that were asked for.
        candidates: documents that step one was asked for.
        documents: of the index.

    Returns:
        int64 (queries,), 1 or 0.
    """
    ends = np.cumsum(hits.counts)
    sure = np.zeros(len(reaches), dtype=np.int64)
    for row, (reach, end) in enumerate(zip(reaches, ends.tolist(), strict=True)):
        found = int(steps.candidates[row])
        last = int(steps.last_scores[row]) if found == candidates else 0
        if found == documents:
            sure[row] = True
        elif hits.counts[row] < k:
            sure[row] = reach.full(max(last, reach.unmatched())) == 0
        else:
            worst, number = int(hits.scores[end - 1]), int(hits.documents[end - 1])
            ties = last > 0 and number <= int(steps.last_documents[row])
            sure[row] = _is_beyond(reach, worst, last, ties)
    return sure


def _is_beyond(reach: Reach, worst: int, last: int, ties: bool) -> bool:
    """Whether no document outside comes before the k-th one, whose full score is ``worst``.

    An outside document whose score in step one is the last candidate's has a higher number than
    that. ``ties`` says that the k-th one has not, and so comes first among equal full scores.
    """
    below = reach.full(max(last - 1, reach.unmatched()))
    at = max(below, reach.full(last))
    return worst > at or (ties and worst == at and worst > below)


def _largest_shown(first: ImpactIndex, full: ImpactIndex) -> _Ints:
    """The largest weight of each of ``full``'s terms in the pruned index."""
    places = np.fromiter((first.columns.get(t, -1) for t in full.terms), np.int64, len(full.terms))
    return np.where(places >= 0, first.max_impact[places], 0)


def _check_kept(asked: sp.csr_array, kept: sp.csr_array, ids: list[str]) -> None:
    """Refuse rules that give a term another weight than the query had.

    Raises:
        InputError: names the query.
    """
    changed = sp.csr_array(asked.multiply(kept > 0) - kept)
    changed.eliminate_zeros()
    if changed.nnz:
        row = int(np.flatnonzero(np.diff(changed.indptr))[0])
        raise InputError(
            f"Pruning gave the query {ids[row]!r} other weights than it had, so that step one's "
            f"scores do not bound those of step two. Prune queries by a rule that leaves terms out "
            f"and changes nothing else, such as top:5."
        )
