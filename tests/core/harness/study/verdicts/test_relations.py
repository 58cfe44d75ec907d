"""Rank correlations, against scipy and by counting orders."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from harness.study.verdicts.relations import spearman

RNG = np.random.default_rng(3)


def test_rank_correlation_is_scipys():
    x, y = RNG.normal(0, 1, 9), RNG.integers(0, 4, 9).astype(float)
    found = spearman(x, y)
    assert found.rho == pytest.approx(stats.spearmanr(x, y).statistic)
    assert found.low <= found.rho <= found.high and found == spearman(x, y)
    assert spearman(x, x).rho == pytest.approx(1.0)
    assert spearman(np.array([1.0, np.nan, *x[:4]]), np.arange(6.0)).cells == 5


def test_p_of_a_rank_correlation_counts_orders():
    # Of the 24 orders of 4 cells, 2 correlate perfectly.
    found = spearman(np.arange(4.0), np.arange(4.0), resamples=20_000)
    assert found.p == pytest.approx(2 / 24, abs=0.01)


@pytest.mark.parametrize("x", [np.array([1.0, 2.0]), np.ones(5)])
def test_no_rank_correlation_of_too_few_or_constant(x):
    assert math.isnan(spearman(x, np.arange(float(len(x)))).rho)
