from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from harness import pruning
from harness.errors import InputError


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
    assert pruning.prune_report(before, pruning.top_k(before, 1)).dropped == 1


def test_negative_is_refused() -> None:
    with pytest.raises(InputError, match="use 0 to keep all"):
        pruning.top_k(matrix([[1]]), -1)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 12), st.sampled_from([1 << 22, 16]))
def test_equals_sorting_each_row(seed: int, k: int, block: int) -> None:
    generator = np.random.default_rng(seed)
    dense = generator.integers(0, 6, size=(17, 23)).astype(np.float32)
    original, pruning._BLOCK = pruning._BLOCK, block
    try:
        kept = pruning.top_k(sp.csr_array(dense), k).toarray()
    finally:
        pruning._BLOCK = original
    for row, found in zip(dense, kept, strict=True):
        best = sorted(np.flatnonzero(row), key=lambda v: (-row[v], v))[:k]
        expected = np.zeros_like(row)
        expected[best] = row[best]
        assert found.tolist() == expected.tolist()
