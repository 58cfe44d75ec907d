from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from harness.retrieval.exact import align, search
from harness.vectors import Vectors


def vectors(ids: list[str], terms: list[str], rows: list[list[int]]) -> Vectors:
    return Vectors(ids, terms, sp.csr_array(np.asarray(rows, dtype=np.int32)))


DOCUMENTS = vectors(["b", "a", "c"], ["x", "y"], [[1, 2], [2, 1], [0, 0]])


def test_scores_and_ties_by_id() -> None:
    queries = vectors(["q"], ["x", "y", "z"], [[1, 1, 9]])
    (hits,) = search(DOCUMENTS, queries, k=10)
    # b: 1+2 = 3; a: 2+1 = 3; the tie goes to "a"; "c" shares no term and is not returned
    assert hits.rows.tolist() == [1, 0]
    assert hits.scores.tolist() == [3, 3]
    (best,) = search(DOCUMENTS, queries, k=1)
    assert best.rows.tolist() == [1]


def test_queries_are_aligned_by_term() -> None:
    queries = vectors(["q1", "q2"], ["y", "z"], [[5, 1], [0, 3]])
    assert align(queries, DOCUMENTS.terms).toarray().tolist() == [[0, 5], [0, 0]]
    first, second = search(DOCUMENTS, queries, k=10)
    assert first.scores.tolist() == [10, 5]
    assert second.rows.size == 0
