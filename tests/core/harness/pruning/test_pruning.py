from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from ground.errors import InputError
from harness import pruning
from harness.pruning import Rule


def matrix(rows: list[list[float]], dtype: type = np.float32) -> sp.csr_array:
    return sp.csr_array(np.asarray(rows, dtype=dtype))


def test_keeps_the_largest_of_each_row() -> None:
    kept = pruning.top_k(matrix([[1, 5, 3, 2], [0, 1, 0, 0], [4, 3, 2, 1]]), 2)
    assert kept.toarray().tolist() == [[0, 5, 3, 0], [0, 1, 0, 0], [4, 3, 0, 0]]
    assert kept.dtype == np.float32


def test_ties_at_the_cut_keep_the_smaller_term() -> None:
    kept = pruning.top_k(matrix([[2, 3, 2, 2, 3, 2]], np.int32), 4)
    assert kept.toarray().tolist() == [[2, 3, 2, 0, 3, 0]]
    assert kept.dtype == np.int32


def test_zero_keeps_all() -> None:
    before = matrix([[1, 2], [0, 0]])
    assert pruning.top_k(before, 0) is before
    assert pruning.NONE.apply(before) is before


def test_negative_is_refused() -> None:
    with pytest.raises(InputError, match="use 0 to keep all"):
        pruning.top_k(matrix([[1]]), -1)


def apply(rule: str, rows: list[list[float]], dtype: type = np.float32) -> list[list[float]]:
    kept = Rule.parse(rule).apply(matrix(rows, dtype))
    assert kept.dtype == dtype
    return kept.toarray().tolist()


def test_threshold_keeps_what_is_above() -> None:
    assert apply("threshold:2", [[1, 2, 3], [0, 0, 0], [2, 0, 0]]) == [[0, 0, 3], [0] * 3, [0] * 3]


def test_ratio_keeps_what_is_not_below() -> None:
    rows = [[10, 5, 4.9, 0], [0, 0, 0, 0], [0.1, 0, 0, 0.05]]
    kept = apply("ratio:0.5", rows)
    assert np.count_nonzero(kept, axis=1).tolist() == [2, 0, 2]
    assert kept[0][:3] == [10, 5, 0]


def test_mass_keeps_the_fewest_that_reach_the_share() -> None:
    rows = [[1, 4, 3, 2], [0, 0, 0, 0], [5, 5, 5, 5], [0, 7, 0, 0]]
    for dtype in (np.float32, np.int32):
        assert apply("mass:0.7", rows, dtype) == [[0, 4, 3, 0], [0] * 4, [5, 5, 5, 0], [0, 7, 0, 0]]
        assert apply("mass:0.71", rows, dtype)[0] == [0, 4, 3, 2]
        assert apply("mass:1", rows, dtype) == rows


def test_quantile_goes_by_term() -> None:
    # Column 0: 4 postings, floor(0.5 * 4) = 2 go. Column 1: 3, one goes, and its equals with it.
    rows = [[1, 2, 0], [2, 2, 9], [3, 5, 0], [4, 0, 0]]
    assert apply("quantile:0.5", rows) == [[0, 0, 0], [0, 0, 9], [3, 5, 0], [4, 0, 0]]
    assert apply("quantile:0", rows) == rows


def test_steps_are_applied_from_left_to_right() -> None:
    rows = [[8, 4, 2, 1]]
    assert apply("top:3+ratio:0.5", rows) == [[8, 4, 0, 0]]
    assert apply("mass:0.5+ratio:0.25", rows) == [[8, 0, 0, 0]]
    assert apply("ratio:0.25+mass:0.9", rows) == [[8, 4, 2, 0]]


@pytest.mark.parametrize(
    ("text", "canonical", "k"),
    [
        ("none", "none", 0),
        ("0", "none", 0),
        ("20", "top:20", 20),
        ("top:20", "top:20", 20),
        ("ratio:0.10 + top:20", "ratio:0.1+top:20", None),
        ("mass:.9", "mass:0.9", None),
    ],
)
def test_reading_rules(text: str, canonical: str, k: int | None) -> None:
    rule = Rule.parse(text)
    assert (str(rule), rule.k) == (canonical, k)
    assert Rule.parse(str(rule)) == rule


@pytest.mark.parametrize(
    "text",
    ["", "top", "top:", "top:0", "top:1.5", "-3", "ratio:2", "mass:0", "quantile:1", "half:1"]
    + ["top:3+", "threshold:nan", "threshold:-1", "top:inf", "top:20,ratio:1"],
)
def test_what_is_no_rule(text: str) -> None:
    with pytest.raises(InputError, match="is no pruning rule. Use top:20"):
        Rule.parse(text)


def reference(kind: str, value: float, dense: np.ndarray) -> np.ndarray:
    """The rules as one would write them down, row by row (or column by column)."""
    kept = np.zeros_like(dense)
    if kind == "quantile":
        return np.ascontiguousarray(_by_column(value, dense))
    for row, out in zip(dense, kept, strict=True):
        order = sorted(np.flatnonzero(row), key=lambda v: (-row[v], v))
        total, best = sum(float(row[v]) for v in order), []
        for v in order:
            if kind == "top" and len(best) == value:
                break
            if kind == "threshold" and not row[v] > value:
                break
            if kind == "ratio" and not row[v] >= value * row.max():
                break
            if kind == "mass" and sum(float(row[b]) for b in best) >= (value - 1e-9) * total:
                break
            best.append(v)
        out[best] = row[best]
    return kept


def _by_column(share: float, dense: np.ndarray) -> np.ndarray:
    kept = dense.copy()
    for column in kept.T:
        present = np.sort(column[column > 0])
        removed = int(np.floor(share * len(present)))
        if removed:
            column[column <= present[removed - 1]] = 0
    return kept


@settings(max_examples=150, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.one_of(
        st.tuples(st.just("top"), st.integers(1, 12)),
        st.tuples(st.just("threshold"), st.sampled_from([0, 1, 2.5, 9])),
        st.tuples(st.just("ratio"), st.sampled_from([0, 0.25, 0.5, 1])),
        st.tuples(st.just("mass"), st.sampled_from([0.1, 0.5, 0.75, 1])),
        st.tuples(st.just("quantile"), st.sampled_from([0, 0.25, 0.5, 0.9])),
    ),
    st.sampled_from([np.float32, np.int32, np.float64]),
)
def test_equals_the_definition(seed: int, step: tuple[str, float], dtype: type) -> None:
    generator = np.random.default_rng(seed)
    dense = generator.integers(0, 6, size=(17, 23)).astype(dtype)
    dense[generator.random(17) < 0.2] = 0
    rule = Rule((step,))
    before = sp.csr_array(dense)
    once = rule.apply(before)
    assert once.toarray().tolist() == reference(step[0], step[1], dense).tolist()
    assert once.has_sorted_indices and (once.data > 0).all()
    if step[0] in ("top", "threshold", "ratio"):
        assert (rule.apply(once) != once).nnz == 0


def test_a_vector_is_pruned_the_same_wherever_it_stands() -> None:
    generator = np.random.default_rng(7)
    dense = generator.exponential(size=(400, 50)).astype(np.float32)
    for rule in ("mass:0.5", "mass:0.9", "ratio:0.3", "top:9"):
        whole = Rule.parse(rule).apply(sp.csr_array(dense)).toarray()
        alone = [Rule.parse(rule).apply(sp.csr_array(row[None])).toarray()[0] for row in dense]
        assert whole.tolist() == np.asarray(alone).tolist()
