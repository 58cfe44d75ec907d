from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from harness.evaluation.significance import compare
from harness.evaluation.significance.intervals import bootstrap_interval
from harness.evaluation.significance.tests import paired_t_test, permutation_test

RNG = np.random.default_rng(7)
A, B = RNG.random(10), RNG.random(10)
LONG_A = RNG.random(60)
LONG_B = LONG_A - RNG.normal(0.04, 0.15, 60)


def test_t_by_hand_and_by_scipy():
    # Differences 1, 2, 3: mean 2, standard error 1/sqrt(3), t = 2 sqrt(3), 2 degrees of freedom,
    # for which the two-sided p is 1 - t / sqrt(t^2 + 2).
    t = 2 * math.sqrt(3)
    assert paired_t_test([2, 4, 6], [1, 2, 3]) == pytest.approx(1 - t / math.sqrt(t * t + 2))
    assert paired_t_test(A, B) == pytest.approx(stats.ttest_rel(A, B).pvalue)


def test_degenerate_differences():
    assert paired_t_test([1, 2], [1, 2]) == 1.0
    assert paired_t_test([1], [2]) == 1.0
    assert paired_t_test([2, 3, 4], [1, 2, 3]) == 0.0
    assert permutation_test([1, 2], [1, 2]) == 1.0
    assert bootstrap_interval([2, 3], [1, 2]) == (1.0, 1.0)
    with pytest.raises(ValueError, match="same queries"):
        paired_t_test([1, 2], [1])


def test_permutation_by_hand():
    # Of the 8 sign patterns of 1, 2, 3 only +++ and --- reach |sum| = 6.
    assert permutation_test([1, 2, 3], [0, 0, 0]) == 2 / 8
    # 1, 2, -3 sums to 0, which every pattern reaches.
    assert permutation_test([1, 2, -3], [0, 0, 0]) == 1.0
    # Queries without a difference do not matter.
    assert permutation_test([1, 2, 3, 5], [0, 0, 0, 5]) == 2 / 8


def scipy_permutation(a, b, **options):
    return stats.permutation_test(
        (a - b,), np.sum, permutation_type="samples", vectorized=True, **options
    ).pvalue


def test_permutation_equals_scipy_where_exact():
    assert permutation_test(A, B) == pytest.approx(scipy_permutation(A, B, n_resamples=np.inf))
    tied = np.array([1, 1, 2, -1, 3, 0, 0, 2, -1, 1])
    expected = scipy_permutation(tied, np.zeros(10), n_resamples=np.inf)
    assert permutation_test(tied, np.zeros(10)) == pytest.approx(expected)


def test_permutation_agrees_with_scipy_where_random():
    expected = scipy_permutation(LONG_A, LONG_B, n_resamples=20_000, rng=np.random.default_rng(1))
    found = permutation_test(LONG_A, LONG_B, resamples=20_000)
    assert 0.005 < expected < 0.5
    assert found == pytest.approx(expected, abs=4 * math.sqrt(expected / 20_000))
    assert found == permutation_test(LONG_B, LONG_A, resamples=20_000)
    assert permutation_test(LONG_A + 5, LONG_B) == 1 / 10_001


def test_bootstrap_interval():
    low, high = bootstrap_interval(LONG_A, LONG_B)
    mean = (LONG_A - LONG_B).mean()
    error = stats.sem(LONG_A - LONG_B)
    assert low < mean < high
    assert (mean - low) / error == pytest.approx(1.96, abs=0.25)
    assert (high - mean) / error == pytest.approx(1.96, abs=0.25)
    assert (low, high) == bootstrap_interval(LONG_A, LONG_B)


def test_compare_pairs_queries_and_corrects_over_the_family():
    queries = [f"q{i}" for i in range(60)]
    systems = {
        "bm25": {"RR": dict(zip(queries, LONG_B, strict=True))},
        "good": {"RR": dict(zip(reversed(queries), reversed(LONG_B + 0.2), strict=True))},
        "half": {"RR": dict(zip(queries[:30], LONG_A[:30], strict=True))},
        "other": {"AP": {"q1": 1.0}},
    }
    good, half = compare(systems, "bm25", ["RR"])
    assert (good.system, half.system) == ("good", "half")
    assert good.queries == 60 and half.queries == 30
    assert good.difference == pytest.approx(0.2)
    assert (good.wins, good.losses) == (60, 0)
    assert good.p_holm == pytest.approx(2 * good.p_permutation)
    assert half.difference == pytest.approx((LONG_A - LONG_B)[:30].mean())
    assert half.ci_low < half.difference < half.ci_high
    d = (LONG_A - LONG_B)[:30]
    assert half.effect_size == pytest.approx(d.mean() / d.std(ddof=1))
    assert half.to_dict()["system"] == "half"


def test_the_last_bits_of_equal_values_are_no_difference():
    system = {"x": {"m": {f"q{i}": 0.1 + 0.2 for i in range(20)}}}
    base = {"base": {"m": {f"q{i}": 0.3 for i in range(20)}}}
    (found,) = compare({**base, **system}, "base", ["m"])
    assert (found.wins, found.losses, found.difference) == (0, 0, 0.0)
    assert found.p_permutation == found.p_t == 1.0 and math.isnan(found.effect_size)


def test_a_constant_difference_has_no_effect_size():
    """Its spread is zero, or what rounding leaves of it."""
    better = {f"q{i}": 0.1 * i + 0.1 for i in range(8)}
    base = {f"q{i}": 0.1 * i for i in range(8)}
    assert np.std([better[q] - base[q] for q in base]) > 0
    (found,) = compare({"base": {"m": base}, "x": {"m": better}}, "base", ["m"])
    assert math.isnan(found.effect_size) and found.to_dict()["effect_size"] is None
    assert found.wins == 8 and found.difference == pytest.approx(0.1)
