from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from ground.errors import InputError
from harness import pruning
from harness.pruning import Rule
from harness.pruning.common import Common


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


def test_fraction_keeps_a_share_of_the_terms_rounded_up() -> None:
    # 4 terms: ceil(0.5 * 4) = 2; 3: ceil(1.5) = 2; 1: ceil(0.5) = 1; ties keep the smaller column.
    rows = [[1, 4, 3, 2], [5, 5, 0, 5], [0, 0, 0, 7], [0, 0, 0, 0]]
    kept = [[0, 4, 3, 0], [5, 5, 0, 0], [0, 0, 0, 7], [0, 0, 0, 0]]
    assert apply("fraction:0.5", rows) == kept
    assert apply("fraction:0.5", rows, np.int32) == kept
    assert apply("fraction:1", rows) == rows
    assert np.count_nonzero(apply("fraction:0.001", rows), axis=1).tolist() == [1, 1, 1, 0]
    # 0.1 * 30 is 3.0000000000000004 in floating point, and still 3 terms.
    assert np.count_nonzero(apply("fraction:0.1", [list(range(1, 31))])) == 3


def test_entropy_keeps_by_the_effective_number_of_terms() -> None:
    # Four equal weights: exp(H) = 4. Shares 1/2, 1/4, 1/8, 1/8: H = 1.75 ln 2, exp(H) = 2^1.75 =
    # 3.36. One weight: exp(0) = 1.
    rows = [[3, 3, 3, 3], [8, 4, 2, 2], [0, 0, 6, 0], [0, 0, 0, 0]]
    for dtype in (np.float32, np.int32):
        counts = np.count_nonzero(apply("entropy:1", rows, dtype), axis=1)
        assert counts.tolist() == [4, 4, 1, 0]
        halves = apply("entropy:0.5", rows, dtype)
        assert halves == [[3, 3, 0, 0], [8, 4, 0, 0], [0, 0, 6, 0], [0, 0, 0, 0]]
    assert apply("entropy:0.29", rows)[1] == [8, 0, 0, 0]
    assert apply("entropy:0.3", rows)[1] == [8, 4, 0, 0]
    assert apply("entropy:9", rows) == rows


def test_share_keeps_the_largest_of_all() -> None:
    # 8 weights: floor(0.5 * 8 + 0.5) = 4, the 9, the 5 and, of four 4s, the first two by row.
    rows = [[4, 1, 4], [0, 9, 0], [2, 4, 4], [5, 0, 0]]
    for dtype in (np.float32, np.int32):
        assert apply("share:0.5", rows, dtype) == [[4, 0, 4], [0, 9, 0], [0, 0, 0], [5, 0, 0]]
    # 8 * 0.3125 = 2.5: half a weight more counts.
    assert np.count_nonzero(apply("share:0.3125", rows)) == 3
    assert np.count_nonzero(apply("share:0.31", rows)) == 2
    assert np.count_nonzero(apply("share:0.06", rows)) == 0
    assert apply("share:1", rows) == rows


def test_list_caps_each_list_with_ties_by_document() -> None:
    rows = [[1, 2, 0], [3, 2, 9], [3, 1, 0], [3, 2, 4]]
    for dtype in (np.float32, np.int32):
        kept = [[0, 2, 0], [3, 2, 9], [3, 0, 0], [0, 0, 4]]
        assert apply("list:2", rows, dtype) == kept
    before = matrix(rows)
    assert Rule.parse("list:4").apply(before) is before


def test_steps_are_applied_from_left_to_right() -> None:
    rows = [[8, 4, 2, 1]]
    assert apply("top:3+ratio:0.5", rows) == [[8, 4, 0, 0]]
    assert apply("mass:0.5+ratio:0.25", rows) == [[8, 0, 0, 0]]
    assert apply("ratio:0.25+mass:0.9", rows) == [[8, 4, 2, 0]]
    # Half of all six is 3; of the four that top:2 leaves it is 2.
    rows = [[8, 4, 2], [7, 6, 5]]
    assert apply("share:0.5", rows) == [[8, 0, 0], [7, 6, 0]]
    assert apply("top:2+share:0.5", rows) == [[8, 0, 0], [7, 0, 0]]
    assert (Rule.top(2) + Rule.parse("share:0.5")) == Rule.parse("top:2+share:0.5")


@pytest.mark.parametrize(
    ("text", "canonical", "k"),
    [
        ("none", "none", 0),
        ("0", "none", 0),
        ("20", "top:20", 20),
        ("top:20", "top:20", 20),
        ("ratio:0.10 + top:20", "ratio:0.1+top:20", None),
        ("mass:.9", "mass:0.9", None),
        ("share:0.40", "share:0.4", None),
        ("list:1000000000000", "list:1000000000000", None),
        ("threshold:1e20", "threshold:1e20", None),
        ("threshold:0.30000000000000004", "threshold:0.30000000000000004", None),
        ("common:5.0:.4 + top:5", "common:5:0.4+top:5", None),
        ("fraction:0.5+entropy:1.0", "fraction:0.5+entropy:1", None),
    ],
)
def test_reading_rules(text: str, canonical: str, k: int | None) -> None:
    rule = Rule.parse(text)
    assert (str(rule), rule.k) == (canonical, k)
    assert Rule.parse(str(rule)) == rule


@pytest.mark.parametrize(
    "text",
    ["", "top", "top:", "top:0", "top:1.5", "-3", "ratio:2", "mass:0", "quantile:1", "half:1"]
    + ["top:3+", "threshold:nan", "threshold:-1", "top:inf", "top:20,ratio:1"]
    + ["share:0", "share:1.1", "list:0", "list:2.5", "fraction:0", "fraction:2", "entropy:0"]
    + ["entropy:inf", "common:5", "common:5:2", "common:-1:0.4", "common:5:0.4:1", "common:nan:0.4"]
    + ["asked:", "asked"],
)
def test_what_is_no_rule(text: str) -> None:
    with pytest.raises(InputError, match="is no pruning rule. Use top:20"):
        Rule.parse(text)


def reference(kind: str, value: Any, dense: np.ndarray) -> np.ndarray:
    """The rules as one would write them down, row by row (or column by column)."""
    kept = np.zeros_like(dense)
    if kind == "quantile":
        return np.ascontiguousarray(_by_column(value, dense))
    if kind in ("share", "list", "common"):
        for row, column in _of_all(kind, value, dense):
            kept[row, column] = dense[row, column]
        return kept
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
            if kind == "fraction" and len(best) == math.ceil(round(value * len(order), 9)):
                break
            if kind == "entropy" and len(best) == math.ceil(round(value * _effective(row), 9)):
                break
            if kind == "mass" and sum(float(row[b]) for b in best) >= (value - 1e-9) * total:
                break
            best.append(v)
        out[best] = row[best]
    return kept


def _effective(row: np.ndarray) -> float:
    shares = [float(w) / float(row.sum()) for w in row if w]
    return math.exp(-sum(p * math.log(p) for p in shares))


def _of_all(kind: str, value: Any, dense: np.ndarray) -> list[tuple[int, int]]:
    """Places that stay, by the rules that look at more than one row."""
    places = sorted(zip(*np.nonzero(dense), strict=True), key=lambda at: (-dense[at], at))
    if kind == "share":
        return places[: math.floor(value * len(places) + 0.5)]
    if kind == "list":
        by_term = [[at for at in places if at[1] == term] for term in range(dense.shape[1])]
        return [at for those in by_term for at in those[: int(value)]]
    lengths = [int((column > 0).sum()) for column in dense.T]
    mean = sum(lengths) / max(1, sum(n > 0 for n in lengths))
    times, ratio = value
    rare = [n < times * mean for n in lengths]
    return [at for at in places if rare[at[1]] or dense[at] > ratio * dense[at[0]].max()]


def _by_column(share: float, dense: np.ndarray) -> np.ndarray:
    kept = dense.copy()
    for column in kept.T:
        present = np.sort(column[column > 0])
        removed = int(np.floor(share * len(present)))
        if removed:
            column[column <= present[removed - 1]] = 0
    return kept


UNIT = st.sampled_from([0, 0.4, 0.5, 1])


@settings(max_examples=300, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.one_of(
        st.tuples(st.just("top"), st.integers(1, 12)),
        st.tuples(st.just("threshold"), st.sampled_from([0, 1, 2.5, 9])),
        st.tuples(st.just("ratio"), st.sampled_from([0, 0.25, 0.5, 1])),
        st.tuples(st.just("mass"), st.sampled_from([0.1, 0.5, 0.75, 1])),
        st.tuples(st.just("quantile"), st.sampled_from([0, 0.25, 0.5, 0.9])),
        st.tuples(st.just("fraction"), st.sampled_from([0.05, 0.3, 0.5, 1])),
        st.tuples(st.just("entropy"), st.sampled_from([0.1, 0.37, 1, 3])),
        st.tuples(st.just("share"), st.sampled_from([0.001, 0.1, 0.25, 0.5, 1])),
        st.tuples(st.just("list"), st.integers(1, 17)),
        st.tuples(st.just("common"), st.builds(Common, st.sampled_from([0, 0.9, 1.1, 9]), UNIT)),
    ),
    st.sampled_from([np.float32, np.int32, np.float64]),
)
def test_equals_the_definition(seed: int, step: tuple[str, Any], dtype: type) -> None:
    generator = np.random.default_rng(seed)
    dense = generator.integers(0, 6, size=(17, 23)).astype(dtype)
    dense[generator.random(17) < 0.2] = 0
    rule = Rule((step,))
    before = sp.csr_array(dense)
    once = rule.apply(before)
    assert once.toarray().tolist() == reference(step[0], step[1], dense).tolist()
    assert once.has_sorted_indices and (once.data > 0).all()
    if step[0] in ("top", "threshold", "ratio", "list"):
        assert (rule.apply(once) != once).nnz == 0


def test_a_vector_is_pruned_the_same_wherever_it_stands() -> None:
    generator = np.random.default_rng(7)
    dense = generator.exponential(size=(400, 50)).astype(np.float32)
    for rule in ("mass:0.5", "mass:0.9", "ratio:0.3", "top:9", "fraction:0.3", "entropy:0.5"):
        whole = Rule.parse(rule).apply(sp.csr_array(dense)).toarray()
        alone = [Rule.parse(rule).apply(sp.csr_array(row[None])).toarray()[0] for row in dense]
        assert whole.tolist() == np.asarray(alone).tolist()
