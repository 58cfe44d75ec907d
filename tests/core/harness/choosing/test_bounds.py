"""How much worse can it be: values worked out by hand, and error rates by simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from harness.choosing.bounds import bound, queries_needed

Z2 = 1.6448536269514722**2


def test_without_a_difference_the_bound_is_that_of_a_proportion() -> None:
    # n queries, none differs: z^2 more, half lost and half won, so the mean is 0, the skewness 0
    # and the variance z^2 / (n + z^2 - 1).
    n = 300
    total = n + Z2
    expected = stats.t.ppf(0.95, total - 1) * math.sqrt(Z2 / (total - 1) / total)
    found = bound(np.zeros(n))
    assert found.lower == pytest.approx(-expected) and found.upper == pytest.approx(expected)
    # About 3 / n, the rule of three: 300 queries without a loss show that 1 in 100 are lost at
    # most, and 250 do not.
    assert bound(np.zeros(300)).lower > -0.01 > bound(np.zeros(250)).lower
    assert (found.queries, found.mean) == (300, 0.0)


def test_many_symmetric_differences_are_student_s() -> None:
    x = np.tile([0.2, -0.1, -0.1, 0.1, -0.2, 0.1], 2000)
    low = x.mean() - 1.6449 * x.std(ddof=1) / math.sqrt(len(x))
    assert bound(x).lower == pytest.approx(low, abs=2e-5)


def test_hall_s_transformation_is_what_is_inverted() -> None:
    x = np.array([0.0] * 90 + [-0.5] * 8 + [0.25] * 2)
    upper = bound(x).upper
    # The same with the moments written out.
    n = 100 + Z2
    mean = x.sum() / n
    more = (Z2 / 2, Z2 / 2)
    second = (((x - mean) ** 2).sum() + more[0] * (1 - mean) ** 2 + more[1] * (1 + mean) ** 2) / (
        n - 1
    )
    third = (((x - mean) ** 3).sum() + more[0] * (1 - mean) ** 3 - more[1] * (1 + mean) ** 3) / n
    deviation = math.sqrt(second)
    skew = third / deviation**3
    t = math.sqrt(n) * (mean - upper) / deviation
    hall = (
        t + skew * t**2 / (3 * math.sqrt(n)) + skew**2 * t**3 / (27 * n) + skew / (6 * math.sqrt(n))
    )
    assert hall == pytest.approx(-stats.t.ppf(0.95, n - 1))


def test_sides_mirror_each_other() -> None:
    x = np.random.default_rng(1).choice([0, 0, 0, -1, 0.5, 0.1], 77)
    one, other = bound(x, 0.9), bound(-x, 0.9)
    assert one.lower == pytest.approx(-other.upper) and one.upper == pytest.approx(-other.lower)
    assert bound(x, 0.99).lower < one.lower < one.mean < one.upper


def test_queries_that_would_be_needed() -> None:
    # (1.645 + 0.842)^2 * 0.2^2 / 0.01^2 = 6.183 * 400
    assert queries_needed(0.2, 0.01) == 2474
    assert queries_needed(0.2, 0.0) is None


def _rare(rng: np.random.Generator, size: int) -> NDArray[np.float64]:
    return -(rng.random(size) < 0.02).astype(np.float64)


def _ranks(rng: np.random.Generator, size: int) -> NDArray[np.float64]:
    steps = rng.choice([0.5, 2 / 3, 0.75, 0.1], size)
    u = rng.random(size)
    return np.where(u < 0.1 + 0.02 / np.mean([0.5, 2 / 3, 0.75, 0.1]), -steps, steps * (u > 0.9))


@pytest.mark.parametrize("kind", [_rare, _ranks])
@pytest.mark.parametrize("queries", [100, 400])
def test_a_margin_that_is_just_broken_is_rarely_called_kept(kind: object, queries: int) -> None:
    assert callable(kind)
    rng = np.random.default_rng(5)
    kept = sum(bound(kind(rng, queries)).lower > -0.02 for _ in range(600))
    # 5% of 600 and three standard errors.
    assert kept <= 30 + 16
