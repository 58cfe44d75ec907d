"""Equivalence within a margin, and what a number of queries can show."""

from __future__ import annotations

import math

import numpy as np
import pytest

from harness.evaluation.significance import compare
from harness.evaluation.significance.equivalence import tost
from harness.evaluation.significance.power import (
    detectable_effect,
    queries_needed,
    t_test_power,
)


def test_tost_by_hand():
    # Differences 1, 2, 3: mean 2, standard error 1/sqrt(3), 2 degrees of freedom, for which the
    # one-sided p is (1 - t / sqrt(t^2 + 2)) / 2. From -4 it is t = 6 sqrt(3), from 4 -2 sqrt(3).
    found = tost([1, 2, 3], [0, 0, 0], 4)
    below, above = 6 * math.sqrt(3), 2 * math.sqrt(3)
    assert found.not_worse == pytest.approx((1 - below / math.sqrt(below**2 + 2)) / 2)
    assert found.not_better == pytest.approx((1 - above / math.sqrt(above**2 + 2)) / 2)
    assert found.p == found.not_better


def test_tost_of_constant_differences():
    assert tost([1, 1], [1, 1], 0.1).p == 0.0
    assert tost([2, 2], [1, 1], 0.5) == (0.0, 1.0)
    assert tost([1, 1], [2, 2], 0.5) == (1.0, 0.0)
    assert tost([2], [1], 0.5) == (1.0, 1.0)  # one query shows nothing
    with pytest.raises(ValueError, match="above 0"):
        tost([1], [1], 0)


def test_power_by_hand():
    # Without a difference, what is "shown" is alpha. With many queries, t is normal: a true
    # difference of 2.8016 standard errors is 1.9600 + 0.8416 away from nothing.
    assert t_test_power(0.0, 20, 0.05) == pytest.approx(0.05)
    assert t_test_power(2.801585 / math.sqrt(1e6), 1_000_000) == pytest.approx(0.8, abs=1e-5)
    assert t_test_power(-0.5, 34) == t_test_power(0.5, 34)


@pytest.mark.parametrize("alpha", [0.05, 0.001])
@pytest.mark.parametrize("queries", [2, 3, 50, 1159])
def test_the_smallest_difference_has_the_power_that_was_asked_for(queries, alpha):
    assert t_test_power(detectable_effect(queries, alpha), queries, alpha) == pytest.approx(0.8)


def test_cohens_table():
    """Cohen (1988): 34 pairs for 0.5 and 199 for 0.2, at 80% and two-sided 0.05."""
    assert [queries_needed(effect) for effect in (0.5, 0.2, -0.5)] == [34, 199, 34]


@pytest.mark.parametrize("effect", [2.0, 0.3, 0.02])
def test_one_query_less_would_not_do(effect):
    enough = queries_needed(effect)
    assert t_test_power(effect, enough) >= 0.8 > t_test_power(effect, enough - 1)


def test_the_ends():
    assert detectable_effect(1) == math.inf and detectable_effect(0) == math.inf
    assert queries_needed(0.0) is None and queries_needed(math.nan) is None
    assert queries_needed(math.inf) == queries_needed(50.0) == 2
    many = detectable_effect(4_000_000)
    assert many == pytest.approx(2.801585 / 2000, rel=1e-6)
    assert queries_needed(many) == pytest.approx(4_000_000, abs=3)


def test_a_comparison_says_what_it_could_have_shown():
    rng = np.random.default_rng(3)
    base = {f"q{i}": float(x) for i, x in enumerate(rng.random(50))}
    other = {q: x + float(rng.normal(0.01, 0.2)) for q, x in base.items()}
    (found,) = compare({"base": {"m": base}, "x": {"m": other}}, "base", ["m"])
    assert found.detectable == pytest.approx(0.404183 * found.deviation, rel=1e-5)
    assert found.queries_needed == queries_needed(found.effect_size)
    (same,) = compare({"base": {"m": base}, "x": {"m": base}}, "base", ["m"])
    assert same.detectable == 0.0 and same.queries_needed is None
    (one,) = compare({"base": {"m": {"q": 1.0}}, "x": {"m": {"q": 2.0}}}, "base", ["m"])
    assert one.to_dict()["detectable"] is None and one.p_t == one.p_corrected == 1.0
