"""Counts of work, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from harness.evaluation.work import COUNTS, heap_operations, work_per_query

DF = np.array([5, 2, 10])


def counts(rows: list[list[int]], k: int = 10, algorithm: str = "lucene") -> list[dict[str, float]]:
    queries = sp.csr_array(np.array(rows))
    scored, blocks = np.arange(len(rows)) + 7, np.arange(len(rows)) + 1
    found = work_per_query(queries, DF, 10, k, algorithm, scored, blocks)
    return [dict(zip(COUNTS, row, strict=True)) for row in found.tolist()]


def test_documents_are_those_of_independent_terms() -> None:
    one, two = counts([[1, 0, 0], [3, 4, 0]])
    assert (one["terms"], one["postings"], one["blocks"]) == (1, 7, 1)
    assert one["documents"] == pytest.approx(5)
    # 10 (1 - (1 - 0.5) (1 - 0.2))
    assert two["documents"] == pytest.approx(6)
    assert (two["terms"], two["postings"], two["blocks"]) == (2, 8, 2)


def test_a_term_of_every_document_scores_all() -> None:
    (found,) = counts([[1, 0, 1]])
    assert found["documents"] == found["scanned"] == 10


def test_queries_without_terms_do_nothing() -> None:
    first, _, last = counts([[0, 0, 0], [1, 0, 0], [0, 0, 0]])
    for empty in (first, last):
        assert empty["terms"] == empty["documents"] == empty["scanned"] == empty["heap"] == 0


def test_groups_of_64_are_scanned_for_one_document() -> None:
    queries = sp.csr_array(np.array([[1]]))
    (row,) = work_per_query(queries, [10], 1000, 10, "saat", [10], [1])
    # 1000 (1 - 0.99^64)
    assert row[COUNTS.index("scanned")] == pytest.approx(474.4, abs=0.1)


def test_results_are_the_documents_scored_or_k() -> None:
    assert [counts([[1, 0, 0]], k)[0]["results"] for k in (3, 10)] == [3, pytest.approx(5)]


def test_only_what_has_a_heap_works_on_one() -> None:
    found = [counts([[1, 0, 0]], algorithm=name)[0]["heap"] for name in ("lucene", "maxscore")]
    assert found == [pytest.approx(5), 0]


def test_heap_operations_are_records_of_random_order() -> None:
    assert heap_operations([0, 5, 10], 10).tolist() == [0, 5, 10]
    # 10 + 10 (H_100 - H_10) = 10 + 10 (5.18738 - 2.92897) = 32.58; by the logarithm 33.03
    assert heap_operations([100], 10) == pytest.approx(33.03, abs=0.01)
