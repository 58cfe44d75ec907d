"""Drawn collections have the lists that were asked for, and are the same every time."""

from __future__ import annotations

import numpy as np
import pytest

from harness.calibration.points import BENDS, LENGTHS, queries_of_all_kinds
from harness.calibration.synthetic import TERMS, draw_documents, draw_queries, shares


def test_shares_fall_by_a_stretched_exponential() -> None:
    found = shares(0.8)
    assert found[0] == 0.8
    # e^-1 at the tenth rank.
    assert found[10] == pytest.approx(0.8 / np.e)
    assert (np.diff(found) < 0).all()


def test_documents_have_lists_of_those_shares() -> None:
    drawn = draw_documents(4000, 0.6, seed=1)
    df = np.bincount(drawn.matrix.indices, minlength=TERMS)
    # Unevenly long documents share the draws unevenly, so that fewer are distinct.
    assert df[0] / 4000 == pytest.approx(0.6, abs=0.05)
    assert df[100] / 4000 == pytest.approx(shares(0.6)[100], rel=0.2)
    assert drawn.matrix.data.min() >= 1
    assert drawn.is_integer


def test_a_seed_draws_the_same_again() -> None:
    one, other = (draw_documents(300, 0.5, seed=7) for _ in range(2))
    assert (one.matrix != other.matrix).nnz == 0
    assert (one.matrix != draw_documents(300, 0.5, seed=8).matrix).nnz > 0


def test_queries_have_their_length_and_preference() -> None:
    rare, frequent = (draw_queries(50, 10, bent, seed=3) for bent in (0.0, 1.0))
    assert set(rare.lengths()) == set(frequent.lengths()) == {10}
    assert np.median(rare.matrix.indices) > 10 * np.median(frequent.matrix.indices)


def test_queries_are_of_all_kinds() -> None:
    drawn = queries_of_all_kinds(1.0, seed=1)
    lengths, counts = np.unique(drawn.lengths(), return_counts=True)
    assert lengths.tolist() == list(LENGTHS)
    assert set(counts) == {3 * len(BENDS)}
