from __future__ import annotations

import json
import math

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from ground.errors import IntegrityError
from harness.evaluation import cost

# Terms a, b, c, d. Documents: {a, b}, {a}, {a, c}. Queries: {a, b}, {d}.
DF = np.array([3, 1, 1, 0])
QUERIES = sp.csr_array(np.array([[1.5, 0.25, 0, 0], [0, 0, 0, 2.0]]))


def test_postings_per_query():
    found = cost.postings_per_query(QUERIES, DF)
    assert found.tolist() == [4, 0] and found.dtype == np.int64


def test_stored_zeros_and_repeated_terms_count_once():
    stored = sp.csr_array(
        (np.array([1.0, 0.0, 2.0, 3.0]), np.array([0, 1, 2, 2]), np.array([0, 4])), shape=(1, 4)
    )
    assert cost.postings_per_query(stored, DF).tolist() == [4]
    assert cost.terms_per_row(stored).tolist() == [2]
    assert stored.nnz == 4  # the argument is left as it was


def test_postings_do_not_overflow():
    queries = sp.csr_array(np.ones((1, 3), dtype=np.int8))
    assert cost.postings_per_query(queries, np.full(3, 2**31, np.int64)).tolist() == [3 * 2**31]


def test_flops_and_its_split():
    found = cost.flops(QUERIES, DF, documents=3)
    # p_q = 1/2, 1/2, 0, 1/2 and p_d = 1, 1/3, 1/3, 0
    assert found.flops == pytest.approx(2 / 3)
    assert found.independent == pytest.approx(4 * (3 / 8) * (5 / 12))
    assert found.covariance == pytest.approx(2 / 3 - 5 / 8)
    assert found.covariance_share == pytest.approx((2 / 3 - 5 / 8) / (2 / 3))
    assert found.terms == 4
    assert found.flops * 3 == pytest.approx(cost.postings_per_query(QUERIES, DF).mean())


def test_flops_without_common_terms():
    found = cost.flops(QUERIES[[1]], DF, documents=3)
    assert found.flops == 0 and math.isnan(found.covariance_share)
    assert found.to_dict()["covariance_share"] is None
    json.dumps(found.to_dict(), allow_nan=False)


def test_impossible_frequencies_are_refused():
    with pytest.raises(IntegrityError, match="document frequency of 3"):
        cost.flops(QUERIES, DF, documents=2)
    with pytest.raises(IntegrityError, match="4 terms"):
        cost.postings_per_query(QUERIES, DF[:3])
    with pytest.raises(ValueError, match="integers"):
        cost.postings_per_query(QUERIES, DF * 1.0)


def test_postings_lists():
    found = cost.postings_lists(DF)
    assert found.all.lists == 4 and found.all.postings == 5 and found.all.max == 3
    assert found.all.mean == 1.25
    assert found.all.variance == pytest.approx(4.75 / 4)
    assert found.all.std == pytest.approx(math.sqrt(4.75 / 4))
    assert found.all.cv == pytest.approx(math.sqrt(4.75 / 4) / 1.25)
    assert found.all.gini == pytest.approx(0.45)
    assert found.non_empty.lists == 3
    assert found.non_empty.mean == pytest.approx(5 / 3)
    assert found.non_empty.variance == pytest.approx(8 / 9)
    assert found.non_empty.gini == pytest.approx(4 / 15)
    assert found.to_dict()["non_empty"]["postings"] == 5


def test_gini_of_extremes():
    assert cost.gini(np.full(7, 3)) == pytest.approx(0)
    assert cost.gini(np.array([0, 0, 0, 8])) == pytest.approx(3 / 4)  # (n - 1) / n
    assert math.isnan(cost.gini(np.zeros(3)))


def test_all_lists_empty():
    found = cost.postings_lists(np.zeros(3, np.int64))
    assert found.all.mean == 0 and math.isnan(found.all.cv)
    assert found.non_empty.lists == 0 and found.non_empty.max == 0
    json.dumps(found.to_dict(), allow_nan=False)


def test_distribution_and_latency():
    found = cost.summarise(np.arange(101))
    assert found.to_dict() == {"mean": 50, "median": 50, "p95": 95, "p99": 99, "max": 100}
    times = cost.latency(np.array([[0.001, 0.002], [0.003, 0.010]]))
    assert times.mean_ms == pytest.approx(4) and times.p50_ms == pytest.approx(2.5)
    assert times.p90_ms == pytest.approx(3 + 0.7 * 7)
    assert times.p95_ms == pytest.approx(3 + 0.85 * 7) and times.measurements == 4
    assert cost.summarise([]).to_dict()["mean"] is None
    assert cost.latency([]).measurements == 0


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_identity_and_split_hold_for_any_collection(data):
    terms = data.draw(st.integers(1, 12))
    bits = hnp.arrays(np.bool_, st.tuples(st.integers(1, 9), st.just(terms)))
    documents, queries = data.draw(bits), data.draw(bits)
    df = documents.sum(axis=0)
    matrix = sp.csr_array(queries.astype(np.float64) * 0.1)
    shared = (queries.astype(int) @ documents.astype(int).T).mean()
    found = cost.flops(matrix, df, len(documents))
    assert found.flops == pytest.approx(shared)  # terms that a random pair shares
    assert found.independent + found.covariance == pytest.approx(found.flops)
    brute = [sum(int(df[v]) for v in np.flatnonzero(row)) for row in queries]
    assert cost.postings_per_query(matrix, df).tolist() == brute
    x = np.sort(df)
    differences = np.abs(x[:, None] - x[None, :]).sum()
    if x.sum():
        assert cost.gini(df) == pytest.approx(differences / (2 * len(x) * x.sum()))
