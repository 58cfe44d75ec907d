"""Searching for `benchmarks.equal_cost`: brute force over the integers that an index would hold.

It finds what Lucene finds (the ten best by score, ties by document id) and counts what it would
read, without the time of building an index for every rule.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import scipy.sparse as sp

from harness.evaluation import evaluate
from harness.pruning import NONE, Rule
from harness.quantisation.quantiser import Quantiser, quantise
from harness.retrieval.exact import align
from harness.runs.runfile import Run
from harness.vectors import Vectors

MEASURES = ("RR@10", "nDCG@10")
DEPTH = 10
_BATCH = 64
_SCALE = Quantiser.parse("scale:100")


class Found(NamedTuple):
    """What a point found.

    Attributes:
        values: of each measure, by query.
        read: postings a query, in the mean.
    """

    values: dict[str, dict[str, float]]
    read: float

    def means(self) -> dict[str, float]:
        """Means over the queries."""
        means = {name: round(float(np.mean([*by.values()])), 5) for name, by in self.values.items()}
        return {**means, "read": round(self.read, 1)}


class Searched:
    """A collection and its judged queries.

    Args:
        documents: float weights.
        queries: float weights, over any terms.
        qrels: columns query_id, doc_id, relevance.
    """

    def __init__(self, documents: Vectors, queries: Vectors, qrels: Any) -> None:
        order = np.asarray(sorted(range(len(documents.ids)), key=documents.ids.__getitem__))
        self._ids = np.asarray(documents.ids, dtype=object)[order]
        # Rules break ties by document order, and answers by id: rows are put in order after.
        self._documents, self._order = documents, order
        judged = set(qrels["query_id"])
        rows = [row for row, name in enumerate(queries.ids) if name in judged]
        self.judged = [queries.ids[row] for row in rows]
        self._queries = Vectors(self.judged, queries.terms, queries.matrix[rows])
        self._qrels = qrels

    def found(self, query: Rule, document: Rule) -> Found:
        """Prune both sides, round, search and score."""
        impacts = self._impacts(document)
        pruned = quantise(query.prune(self._queries), _SCALE)[0]
        asked = align(pruned, self._documents.terms).astype(np.int64)
        frequency = np.bincount(impacts.indices, minlength=impacts.shape[1])
        read = float(((asked > 0).astype(np.int64) @ frequency).mean())
        table = evaluate(self._run(asked, impacts), self._qrels, MEASURES)
        values: dict[str, dict[str, float]] = {name: {} for name in MEASURES}
        for name, measure, value in table.itertuples(index=False):
            values[measure][name] = float(value)
        return Found(values, read)

    def _impacts(self, rule: Rule) -> sp.csr_array:
        pruned = rule.prune(self._documents) if rule != NONE else self._documents
        return quantise(pruned, _SCALE)[0].matrix[self._order].astype(np.int64)

    def _run(self, asked: sp.csr_array, impacts: sp.csr_array) -> Run:
        transposed = impacts.T.tocsr()
        rows: list[Any] = []
        scores: list[Any] = []
        for start in range(0, asked.shape[0], _BATCH):
            product = (asked[start : start + _BATCH] @ transposed).tocsr()
            for row in range(product.shape[0]):
                span = slice(product.indptr[row], product.indptr[row + 1])
                best = _best(product.indices[span], product.data[span])
                rows.append(product.indices[span][best])
                scores.append(product.data[span][best])
        offsets = np.concatenate(([0], np.cumsum([len(one) for one in rows]))).astype(np.int64)
        return Run(
            self.judged,
            offsets,
            self._ids[np.concatenate(rows)],
            np.concatenate(scores),
            "equal-cost",
        )


def _best(documents: Any, scores: Any) -> Any:
    """Places of the ten best, ties by document."""
    places = np.arange(len(scores))
    if len(scores) > DEPTH:
        limit = np.partition(scores, len(scores) - DEPTH)[len(scores) - DEPTH]
        places = np.flatnonzero(scores >= limit)
    return places[np.lexsort((documents[places], -scores[places]))][:DEPTH]
