"""Distributions behind the costs: lists, documents, weights, and the lists that cost most."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.evidence.opened import Opened, folder_of
from harness.lucene.impact_index import ImpactIndex
from harness.vectors import read_vectors

_BINS = 32
_TERMS_AT_ONCE = 4096
_COSTLY = 20
_FEW = (1, 3, 10, 30, 100, 300, 1000)


def of_index(index: Any) -> dict[str, Any]:
    """Lengths of an index's lists, and of impact indexes the documents' terms and impacts.

    Lengths are counted in bins by powers of two: the first is of lists of 1, the next of 2 and 3.
    """
    df = np.asarray(index.document_frequency, dtype=np.int64)
    used = df[df > 0]
    facts: dict[str, Any] = {
        "lists": int(used.size),
        "postings": int(used.sum()),
        "longest": int(used.max()) if used.size else 0,
        "lengths": _by_powers(used),
    }
    return {**facts, **_contents(index)} if isinstance(index, ImpactIndex) else facts


def of_point(opened: Opened) -> dict[str, Any]:
    """Which lists a point's queries read most postings of.

    A list's cost is its length times the queries that ask for it.
    """
    asks = np.bincount(opened.asked.indices, minlength=opened.asked.shape[1])
    lengths = np.asarray(opened.index.document_frequency, dtype=np.int64)
    cost = asks * lengths
    total = int(cost.sum())
    order = np.lexsort((np.arange(cost.size), -cost))
    kept = [int(i) for i in order[:_COSTLY] if cost[i] > 0]
    summed = np.cumsum(cost[order])
    return {
        "postings": total,
        "costly": [
            {
                "term": opened.index.terms[i],
                "length": int(lengths[i]),
                "queries": int(asks[i]),
                "share": float(cost[i] / total),
            }
            for i in kept
        ],
        "first": {str(n): float(summed[n - 1] / total) for n in _FEW if total and n <= cost.size},
    }


def of_weights(opened: Opened) -> dict[str, Any] | None:
    """Documents' weights before they were pruned and rounded; None where they are not there."""
    path = folder_of(opened.point, "documents")
    return None if path is None else _weights(path)


def _weights(path: Path) -> dict[str, Any]:
    vectors = read_vectors(path)
    data, terms = vectors.matrix.data, np.diff(vectors.matrix.indptr)
    held = np.bincount(vectors.matrix.indices)
    return {
        "weights": _even(data),
        "terms": _even(terms),
        "lengths": _by_powers(held[held > 0]),
        "documents": len(vectors.ids),
    }


def _contents(index: ImpactIndex) -> dict[str, Any]:
    """One pass over all postings, some lists at a time."""
    terms = np.zeros(index.num_docs, dtype=np.int64)
    impacts = np.zeros(int(index.max_impact.max(initial=0)) + 1, dtype=np.int64)
    for start in range(0, len(index.terms), _TERMS_AT_ONCE):
        _, documents, found = index.postings(start, start + _TERMS_AT_ONCE)
        terms += np.bincount(documents, minlength=terms.size)
        impacts += np.bincount(found, minlength=impacts.size)
    counted = _weighted(np.arange(impacts.size), impacts)
    return {"terms": _even(terms), "impacts": counted}


def _by_powers(values: NDArray[np.int64]) -> list[int]:
    """How many are 1, 2 to 3, 4 to 7, ..."""
    if not values.size:
        return []
    return [int(n) for n in np.bincount(np.frexp(values.astype(np.float64))[1] - 1)]


def _even(values: NDArray[Any]) -> dict[str, Any]:
    """A histogram of equal bins from the smallest to the largest value."""
    if not values.size:
        return {"from": 0.0, "to": 0.0, "counts": []}
    low, high = float(values.min()), float(values.max())
    if np.issubdtype(values.dtype, np.integer):
        return _weighted(np.arange(int(high) + 1), np.bincount(values))
    counts, edges = np.histogram(values, bins=_BINS, range=(min(0.0, low), high or 1.0))
    return {"from": float(edges[0]), "to": float(edges[-1]), "counts": counts.tolist()}


def _weighted(values: NDArray[np.int64], counts: NDArray[np.int64]) -> dict[str, Any]:
    """Counts of whole numbers from 0, put into at most `_BINS` bins of whole numbers."""
    width = max(1, -(-values.size // _BINS))
    padded = np.zeros(-(-values.size // width) * width, dtype=np.int64)
    padded[: values.size] = counts
    bins = padded.reshape(-1, width).sum(axis=1)
    return {"from": 0.0, "to": float(bins.size * width), "counts": bins.tolist()}
