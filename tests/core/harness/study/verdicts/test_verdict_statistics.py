from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from ground.errors import InputError
from harness.report.study.line_names import spread_out
from harness.study.verdicts.counts import count_top
from harness.study.verdicts.designs import (
    factor_effect,
    group_against_rest,
    interaction,
    single_pairs,
)
from harness.study.verdicts.panel import complete
from harness.study.verdicts.relations import spearman
from harness.study.verdicts.resampling import (
    block_contrast,
    drawn_queries,
    few_trainings,
    mean_reach,
    percentiles,
    resampled_means,
    two_way_residuals,
)
from harness.study.verdicts.settings import Settings

RNG = np.random.default_rng(3)

PAPER_GRID = {
    f"{corpus}-{sampling}-{lr}": {"corpus": corpus, "sampling": sampling, "lr": lr}
    for corpus, sampling in (("overlap", "repeat"), ("indep", "repeat"), ("indep", "uniq"))
    for lr in ("lr-l", "lr-h")
}


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


def test_count_of_the_best_by_hand():
    cells = [f"c{i}" for i in range(8)]
    means = np.array([5.0, 4.0, 3.0, 2.0, 1.0, 0.5, 0.2, 0.1])
    draws = np.tile(means, (100, 1))
    draws[:10] = draws[:10, ::-1]
    found = count_top(cells, means, draws, ["c0", "c1"])
    assert (found.found, found.top, found.cells, found.expected) == (2, 2, 8, 0.5)
    assert found.p_chance == pytest.approx(1 / 28)  # one of the 28 pairs
    assert found.mostly == 0.9 and (found.low, found.high) == (0, 2)
    assert found.best == ("c0", "c1")
    one = count_top(cells, means, np.tile(means, (10, 1)), ["c1", "c2"])
    assert one.found == 1 and one.p_chance == pytest.approx(13 / 28)  # 1 - C(6,2) / C(8,2)
    assert one.mostly == 0.0 and (one.low, one.high) == (1, 1)


def test_a_tie_does_not_speak_for_the_kind():
    found = count_top(["a", "b"], np.array([1.0, 1.0]), np.ones((10, 2)), ["a"])
    assert found.found == 0 and found.mostly == 0.0


def test_effects_are_over_cells_that_differ_in_one_factor():
    lr = factor_effect(PAPER_GRID, "lr", "lr-h", "lr-l")
    assert lr is not None and lr.pairs == 3
    assert lr.weights["indep-uniq-lr-h"] == pytest.approx(1 / 3)
    # overlap-uniq is not in the grid, so indep-uniq has no twin in the other corpus.
    corpus = factor_effect(PAPER_GRID, "corpus", "indep", "overlap")
    assert corpus is not None and corpus.weights == {
        "indep-repeat-lr-l": 0.5,
        "overlap-repeat-lr-l": -0.5,
        "indep-repeat-lr-h": 0.5,
        "overlap-repeat-lr-h": -0.5,
    }
    given = factor_effect(PAPER_GRID, "sampling", "uniq", "repeat", {"lr": "lr-h"})
    assert given is not None and set(given.cells) == {"indep-uniq-lr-h", "indep-repeat-lr-h"}
    assert factor_effect(PAPER_GRID, "sampling", "uniq", "repeat", {"corpus": "overlap"}) is None
    assert factor_effect(PAPER_GRID, "colour", "red", "blue") is None


def test_interaction_and_groups():
    found = interaction(PAPER_GRID, ("lr", "lr-h", "lr-l"), ("corpus", "indep", "overlap"))
    assert found is not None and found.weights == {
        "indep-repeat-lr-h": 1.0,
        "indep-repeat-lr-l": -1.0,
        "overlap-repeat-lr-h": -1.0,
        "overlap-repeat-lr-l": 1.0,
    }
    group = group_against_rest(PAPER_GRID, {"corpus": "indep", "lr": "lr-h"})
    assert group is not None and sorted(set(group.weights.values())) == [-0.25, 0.5]
    assert group_against_rest(PAPER_GRID, {"corpus": "moon"}) is None
    pairs = single_pairs(PAPER_GRID, "sampling", "repeat", "uniq", {"corpus": "indep"})
    assert [pair.weights for pair in pairs][0] == {
        "indep-repeat-lr-l": 1.0,
        "indep-uniq-lr-l": -1.0,
    }


def test_complete_blocks_say_what_they_leave_out():
    assert complete({"a": [1, 2], "b": [1, 2]}) == (["a", "b"], [1, 2], "")
    cells, seeds, note = complete({"a": [1, 2, 3], "b": [1, 3], "c": []})
    assert (cells, seeds) == (["a", "b"], [1, 3]) and "seed 2" in note
    cells, seeds, note = complete({"a": [1], "b": [1], "c": [2]})
    assert (cells, seeds) == (["a", "b"], [1]) and "without c" in note
    assert complete({}) == ([], [], "")


def test_the_smaller_margin_counts():
    settings = Settings(margin=0.01, relative_margin=0.05)
    assert settings.margin_at(0.1) == pytest.approx(0.005)
    assert settings.margin_at(0.5) == 0.01
    with pytest.raises(InputError, match="margin"):
        Settings(margin=0)


def test_names_are_moved_apart_as_little_as_it_takes():
    assert spread_out(np.array([0.1, 0.5]), 0.1) == pytest.approx([0.1, 0.5])
    assert spread_out(np.array([0.5, 0.5, 0.5]), 0.1) == pytest.approx([0.4, 0.5, 0.6])
    placed = spread_out(np.array([0.0, 0.01, 0.98, 0.99, 1.0]), 0.1)
    assert placed == pytest.approx([0.0, 0.1, 0.8, 0.9, 1.0])
    assert spread_out(np.array([]), 0.1).size == 0
