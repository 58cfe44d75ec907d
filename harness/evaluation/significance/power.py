"""What difference a number of queries can show, and how many queries a difference needs.

Exact for the two-sided paired t-test, whose t follows the noncentral t distribution with
noncentrality d_z sqrt(n) where the true difference is d_z paired deviations (Cohen, 1988).
"""

from __future__ import annotations

import math
from functools import cache

POWER = 0.8
_MANY = 1_000_000
"""Queries from which t is taken for normal."""
_FAR = 5.0
"""Standard errors; a normal variable is that far below once in 3 million times."""
_LARGEST = 1e3
"""Paired deviations; even two queries show a larger difference, at any usual alpha."""


def t_test_power(effect_size: float, queries: int, alpha: float = 0.05) -> float:
    """Chance that a paired t-test shows a true difference.

    Args:
        effect_size: the true difference in paired standard deviations (d_z).
        queries: how many, at least 2.
        alpha: two-sided level.
    """
    from scipy import stats

    freedom, shift = queries - 1, abs(effect_size) * math.sqrt(queries)
    critical = float(stats.t.isf(alpha / 2, freedom))
    above = float(stats.nct.sf(critical, freedom, shift))
    below = float(stats.nct.cdf(-critical, freedom, shift))
    # Far out, where scipy has no number: at most the normal distribution's share below -shift.
    below = 0.0 if math.isnan(below) and shift > _FAR else below
    return above + below


@cache
def detectable_effect(queries: int, alpha: float = 0.05, power: float = POWER) -> float:
    """The smallest true difference that would be shown with the given chance.

    Args:
        queries: how many.
        alpha: two-sided level.
        power: the chance.

    Returns:
        In paired standard deviations; infinite for fewer than 2 queries, or where none would do.
    """
    from scipy import optimize

    if queries < 2:
        return math.inf
    # From many queries on, this is what limits of normal quantiles give (see `queries_needed`).
    if queries >= _MANY:
        return _reach(alpha, power) / math.sqrt(queries)
    # Doubled from below: far above what is looked for, the distribution cannot be computed.
    low, high = 0.0, _reach(alpha, power) / math.sqrt(queries)
    while t_test_power(high, queries, alpha) < power:
        low, high = high, 2 * high
        if high > _LARGEST:
            return math.inf
    found = optimize.brentq(
        lambda effect: t_test_power(effect, queries, alpha) - power, low, high, xtol=1e-14
    )
    return float(found)


def queries_needed(effect_size: float, alpha: float = 0.05, power: float = POWER) -> int | None:
    """The fewest queries with which a true difference would be shown with the given chance.

    Args:
        effect_size: the difference in paired standard deviations (d_z).
        alpha: two-sided level.
        power: the chance.

    Returns:
        At least 2; None where there is no difference to show.
    """
    size = abs(effect_size)
    if not size or math.isnan(size):
        return None
    if math.isinf(size):
        return 2
    guess = (_reach(alpha, power) / size) ** 2
    if guess > _MANY:
        return math.ceil(guess + _normal(1 - alpha / 2) ** 2 / 2)
    low, high = 1, 2  # low does not suffice, high does
    while t_test_power(size, high, alpha) < power:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if t_test_power(size, middle, alpha) >= power else (middle, high)
    return high


def _reach(alpha: float, power: float) -> float:
    """Standard errors that a true difference has to be away from nothing, were t normal."""
    return _normal(1 - alpha / 2) + _normal(power)


@cache
def _normal(share: float) -> float:
    from scipy import stats

    return float(stats.norm.ppf(share))
