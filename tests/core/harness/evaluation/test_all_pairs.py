"""All pairs at once are what each pair is alone."""

from __future__ import annotations

import numpy as np
import pytest

from harness.evaluation.significance import permutation_test
from harness.evaluation.significance.all_pairs import all_pairs
from harness.evaluation.significance.intervals import bootstrap_interval


def test_few_queries_are_exact():
    # Two systems differ on three queries, always in the same direction: of 8 sign patterns 2 are
    # as extreme. The third system is the first one.
    values = np.array([[1.0, 1.0, 1.0, 0.5], [0.5, 0.25, 0.0, 0.5], [1.0, 1.0, 1.0, 0.5]])
    found = all_pairs(values)
    assert found.p[0, 1] == found.p[1, 0] == 2 / 8
    assert found.p[0, 2] == 1.0 and found.difference[0, 2] == 0.0
    assert found.difference[0, 1] == pytest.approx((0.5 + 0.75 + 1.0) / 4)
    assert found.difference[1, 0] == -found.difference[0, 1]


def test_many_queries_are_what_each_pair_is_alone():
    rng = np.random.default_rng(3)
    values = rng.random((4, 300)).round(2) + np.array([[0.0], [0.01], [0.05], [0.2]])
    found = all_pairs(values)
    for i in range(4):
        for j in range(i):
            alone = permutation_test(values[i], values[j])
            # Both are counts of 10,000 draws: four standard errors.
            assert abs(found.p[i, j] - alone) < 4 * np.sqrt(2 * 0.25 / 10_000)
            ends = bootstrap_interval(values[i], values[j])
            assert (found.low[i, j], found.high[i, j]) == pytest.approx(ends, abs=1e-12)
            assert (found.low[j, i], found.high[j, i]) == pytest.approx((-ends[1], -ends[0]))
    ends = bootstrap_interval(values[2], np.zeros(300))
    assert (found.means_low[2], found.means_high[2]) == pytest.approx(ends)


def test_pairs_share_the_queries_that_both_have():
    values = np.array([[1.0, 0.0, np.nan], [0.0, 0.0, 1.0], [np.nan, np.nan, 0.5]])
    found = all_pairs(values)
    assert found.difference[0, 1] == 0.5 and found.p[0, 1] == 1.0
    assert np.isnan(found.p[0, 2])  # no query in common
    assert found.difference[1, 2] == 0.5


def test_no_effect_is_found_seldom():
    rng = np.random.default_rng(11)
    found = all_pairs(rng.random((21, 60)))
    p = found.p[np.tril_indices(21, -1)]
    assert 0.0 < np.mean(p < 0.05) < 0.12
