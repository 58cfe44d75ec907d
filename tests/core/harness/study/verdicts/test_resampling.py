"""Contrasts and resamples of queries and trainings, against values by hand and other tools."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from harness.study.verdicts.resampling import (
    block_contrast,
    drawn_queries,
    few_trainings,
    mean_reach,
    percentiles,
    resampled_means,
    two_way_residuals,
)

RNG = np.random.default_rng(3)


def test_residuals_worked_out_by_hand():
    # Rows 1.5 and 4.5, columns 2 and 4, all 3: residuals of 1/2, times sqrt(4 / 1).
    residuals = two_way_residuals(np.array([[1.0, 2.0], [3.0, 6.0]]))
    assert residuals == pytest.approx(np.array([[1.0, -1.0], [-1.0, 1.0]]))
    assert not two_way_residuals(np.array([[1.0], [3.0]])).any()
    assert not two_way_residuals(np.array([[1.0, 3.0]])).any()


def test_contrast_of_two_cells_is_the_paired_t_test():
    values = RNG.normal(0, 1, (2, 5))
    found = block_contrast(values, np.array([1.0, -1.0]))
    expected = stats.ttest_rel(values[0], values[1])
    interval = expected.confidence_interval(0.95)
    assert (found.p, found.df) == (pytest.approx(expected.pvalue), 4)
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high))


def test_contrast_of_many_cells_is_that_of_a_linear_model():
    cells, seeds = 5, 3
    values = RNG.normal(0, 1, (cells, seeds)) + np.arange(seeds)
    weights = np.array([0.5, 0.5, -1 / 3, -1 / 3, -1 / 3])
    design = np.zeros((cells * seeds, cells + seeds - 1))
    for c in range(cells):
        for s in range(seeds):
            design[c * seeds + s, c] = 1
            if s:
                design[c * seeds + s, cells + s - 1] = 1
    beta, rest, *_ = np.linalg.lstsq(design, values.ravel(), rcond=None)
    df = cells * seeds - design.shape[1]
    along = np.concatenate([weights, np.zeros(seeds - 1)])
    error = math.sqrt(rest[0] / df * along @ np.linalg.inv(design.T @ design) @ along)
    found = block_contrast(values, weights)
    assert (found.estimate, found.df) == (pytest.approx(along @ beta), df)
    assert found.high - found.low == pytest.approx(2 * stats.t.ppf(0.975, df) * error)
    assert found.p == pytest.approx(2 * stats.t.sf(abs(found.estimate) / error, df))


def test_one_seed_has_no_interval_and_no_error_has_no_length():
    found = block_contrast(np.array([[1.0], [3.0]]), np.array([-1.0, 1.0]))
    assert found.estimate == 2 and found.df == 0
    assert math.isnan(found.low) and math.isnan(found.p)
    exact = block_contrast(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([-1.0, 1.0]))
    assert (exact.low, exact.high, exact.p) == (2.0, 2.0, 0.0)


def test_reach_of_a_mean_by_hand():
    # MS is 1 (see above), S = 2, and t(0.975, 1) = 12.706.
    reach = mean_reach(np.array([[1.0, 2.0], [3.0, 6.0]]))
    assert reach == pytest.approx(12.7062 / math.sqrt(2), rel=1e-5)
    assert math.isnan(mean_reach(np.array([[1.0], [3.0]])))


def test_queries_are_drawn_with_replacement_and_alike():
    counts = drawn_queries(7, 200, 5)
    assert counts.shape == (200, 7) and (counts.sum(axis=1) == 7).all()
    assert (counts == drawn_queries(7, 200, 5)).all()
    assert (counts != drawn_queries(7, 200, 6)).any()
    assert counts.mean() == 1.0 and counts.var() == pytest.approx(6 / 7, rel=0.1)


def test_one_seed_resamples_queries_as_scipy_does():
    values = RNG.gamma(2, 1, (2, 1, 80))
    draws = resampled_means(values, 4000)
    difference = draws @ np.array([1.0, -1.0])
    expected = stats.bootstrap(
        (values[0, 0] - values[1, 0],), np.mean, n_resamples=4000, method="percentile", rng=RNG
    )
    assert difference.std() == pytest.approx(expected.standard_error, rel=0.06)
    low, high = percentiles(difference)
    assert (low, high) == pytest.approx(expected.confidence_interval, abs=0.05)


def test_variance_of_a_crossed_resample_is_of_queries_plus_trainings():
    cells, seeds, queries = 4, 3, 60
    values = RNG.normal(0, 1, (cells, seeds, queries)) + RNG.normal(0, 0.3, (cells, seeds, 1))
    weights = np.array([1.0, -1 / 3, -1 / 3, -1 / 3])
    draws = resampled_means(values, 6000) @ weights
    by_query = weights @ values.mean(axis=1)
    of_queries = by_query.var() / queries
    trained = np.mean(two_way_residuals(values.mean(axis=2)) ** 2) * (weights @ weights) / seeds
    assert draws.mean() == pytest.approx(by_query.mean(), abs=0.01)
    # 6 degrees of freedom: the tables' 2.447 in place of 1.960.
    assert few_trainings(6) == pytest.approx(2.4469 / 1.95996, rel=1e-4)
    assert draws.var() == pytest.approx(of_queries + few_trainings(6) ** 2 * trained, rel=0.08)


def test_intervals_cover_the_truth_about_as_often_as_they_say():
    rng = np.random.default_rng(0)
    weights = np.array([0.5, 0.5, -0.25, -0.25, -0.25, -0.25])
    covered = []
    for i in range(150):
        difficulty, cells = rng.gamma(1, 0.3, 50), rng.normal(0, 0.05, (6, 1, 50))
        trainings = rng.normal(0, 0.02, (6, 2, 1)) + rng.normal(0, 0.1, (1, 2, 1))
        values = difficulty + cells + trainings + rng.normal(0, 0.05, (6, 2, 50))
        low, high = percentiles(resampled_means(values, 300, i) @ weights)
        covered.append(low <= 0 <= high)
    assert 0.91 <= np.mean(covered) <= 1.0


def test_resamples_are_reproducible_and_shared_by_measures():
    values = RNG.uniform(1, 2, (3, 2, 20))
    assert (resampled_means(values, 50) == resampled_means(values, 50)).all()
    assert (resampled_means(values, 50, 1) != resampled_means(values, 50, 2)).any()
    assert resampled_means(3 * values, 50) == pytest.approx(3 * resampled_means(values, 50))


def test_costs_are_resampled_by_factors():
    factors = np.array([[1.0, 1.2], [2.0, 2.0]])
    values = factors[:, :, None] * np.ones(5)
    draws = resampled_means(values, 500, multiplicative=True)
    # All queries cost the same, so only trainings vary: by a factor around 1.1 and 2.
    assert draws.min() > 0 and np.median(draws, axis=0) == pytest.approx([1.1, 2.0], rel=1e-6)
    single = resampled_means(values[:, :1], 100, multiplicative=True)
    assert single == pytest.approx(np.tile([1.0, 2.0], (100, 1)))
