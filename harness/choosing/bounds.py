"""How much worse can it be? A lower bound of a mean difference, and how many queries it takes.

Differences between two prunings are mostly zero and the rest is skewed, where Student's t promises
too much: 250 queries without a single loss do not show that losses are rarer than 1 in 100. Two
known remedies together keep the error at its stated size (simulated in the tests):

- z^2 queries more, half of them wholly lost and half wholly won, as Agresti and Coull (1998) have
  it for proportions;
- Hall's transformation of t (1992, "On the removal of skewness by transformation"), which is
  monotone and corrects the interval for the skewness of the differences.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

CONFIDENCE = 0.95
POWER = 0.8


@dataclass(frozen=True)
class Bound:
    """What queries say of a mean difference.

    Attributes:
        queries: how many.
        mean: of the differences, as observed.
        lower: bound that the true mean is above with the stated confidence (one-sided).
        upper: bound that it is below, likewise.
        deviation: of a query's difference.
    """

    queries: int
    mean: float
    lower: float
    upper: float
    deviation: float


def bound(differences: ArrayLike, confidence: float = CONFIDENCE) -> Bound:
    """Bounds of the mean of differences between -1 and 1.

    Args:
        differences: float64, shape (queries,), at least one.
        confidence: of each bound, above one half.
    """
    x = np.asarray(differences, dtype=np.float64)
    n = len(x)
    lower = -_above(-x, confidence)
    return Bound(n, float(x.mean()), lower, _above(x, confidence), _moments(x, confidence)[1])


def queries_needed(
    deviation: float, distance: float, confidence: float = CONFIDENCE, power: float = POWER
) -> int | None:
    """Queries with which a margin would be shown to hold, were the mean what it looks like.

    Args:
        deviation: of a query's difference.
        distance: from the mean to where the margin ends.
        confidence: of the bound.
        power: share of the samples of so many queries that would show it.

    Returns:
        ((z_confidence + z_power) * deviation / distance)^2; None where the margin is not kept.
    """
    if distance <= 0:
        return None
    reach = _normal(confidence) + _normal(power)
    return math.ceil((reach * deviation / distance) ** 2)


def _above(x: NDArray[np.float64], confidence: float) -> float:
    """Upper bound of the mean: Hall's transformation, inverted at the quantile of Student's t."""
    mean, deviation, skewness, n = _moments(x, confidence)
    if deviation == 0:
        return mean
    root = math.sqrt(n)
    quantile = -_student(confidence, max(n - 1, 1))
    if abs(skewness) < 1e-9:
        return mean - quantile * deviation / root
    # t + s t^2 / (3 r) + s^2 t^3 / (27 r^2) = (3 r / s) ((1 + s t / (3 r))^3 - 1) / 3
    wanted = quantile / root - skewness / (6 * n)
    t = 3 * root / skewness * (float(np.cbrt(1 + skewness * wanted)) - 1)
    return min(1.0, mean - t * deviation / root)


def _moments(x: NDArray[np.float64], confidence: float) -> tuple[float, float, float, float]:
    """Mean, deviation and skewness with z^2 queries more, and how many that makes."""
    more = _normal(confidence) ** 2
    n = len(x) + more
    mean = float(x.sum()) / n
    ends = np.array([1 - mean, -1 - mean])
    second = float(((x - mean) ** 2).sum() + more / 2 * (ends**2).sum()) / (n - 1)
    third = float(((x - mean) ** 3).sum() + more / 2 * (ends**3).sum()) / n
    deviation = math.sqrt(second)
    return mean, deviation, third / deviation**3 if deviation else 0.0, n


@cache
def _normal(share: float) -> float:
    from scipy import stats

    return float(stats.norm.ppf(share))


@cache
def _student(share: float, freedom: float) -> float:
    from scipy import stats

    return float(stats.t.ppf(share, freedom))
