"""Is a difference between two systems more than chance? Two-sided tests of paired values."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from harness.evaluation.significance.pairing import ROUNDING, Floats, paired_differences, spread

RESAMPLES = 10_000
BATCH = 2_000_000
"""Numbers that are drawn at a time."""
EXACT_UP_TO = 13  # 2**13 sign patterns are fewer than RESAMPLES: enumerate them all


def paired_t_test(values: ArrayLike, baseline: ArrayLike) -> float:
    """Two-sided p-value of the paired t-test (scipy.stats.ttest_rel).

    1 if no pair differs or there are fewer than two pairs, where t is undefined.
    """
    from scipy import stats

    difference = paired_differences(values, baseline)
    if len(difference) < 2 or not difference.any():
        return 1.0
    if not spread(difference):
        return 0.0  # a constant difference: t is infinite
    return float(stats.ttest_1samp(difference, 0.0).pvalue)


def wilcoxon_test(values: ArrayLike, baseline: ArrayLike) -> float:
    """Two-sided p-value of the signed-rank test (Wilcoxon, 1945; scipy.stats.wilcoxon).

    Queries without a difference are left out (scipy's ``zero_method="wilcox"``), as Wilcoxon had
    it: they do not matter to the permutation test either. Whether the p-value is exact is scipy's
    choice (``method="auto"``). 1 if no query differs.
    """
    from scipy import stats

    difference = paired_differences(values, baseline)
    if not difference.any():
        return 1.0
    return float(stats.wilcoxon(difference, zero_method="wilcox").pvalue)


def permutation_test(
    values: ArrayLike, baseline: ArrayLike, resamples: int = RESAMPLES, seed: int = 0
) -> float:
    """Two-sided p-value of the paired permutation (sign-flip, Fisher) test of the mean.

    Under the null hypothesis the two systems are exchangeable, so each difference may as well
    have the other sign. Up to 13 queries that differ, all sign patterns are counted and the
    p-value is exact; otherwise ``(1 + extreme) / (1 + resamples)`` over random patterns.
    scipy.stats.permutation_test gives the same numbers; this one draws its signs as bits, which
    is what makes thousands of queries times tens of comparisons quick.

    Args:
        values: of the system, one a query.
        baseline: of the baseline, same queries in the same order.
        resamples: number of random patterns.
        seed: of the random generator; equal seeds give equal p-values.
    """
    difference = paired_differences(values, baseline)
    difference = difference[difference != 0]  # flipping a zero changes nothing
    observed = abs(difference.sum())
    # Equal sums may differ in their last bits with the order of addition.
    threshold = observed - ROUNDING * np.abs(difference).sum()
    if len(difference) <= EXACT_UP_TO:
        sums = _signs(np.arange(2 ** len(difference)), len(difference)) @ difference
        return float(np.mean(np.abs(sums) >= threshold))
    extreme = sum(int(np.sum(np.abs(s) >= threshold)) for s in _flips(difference, resamples, seed))
    return (1 + extreme) / (1 + resamples)


def _signs(patterns: NDArray[np.int64], n: int) -> Floats:
    """Bit i of each pattern as +1 or -1; shape (patterns, n)."""
    bits = (patterns[:, None] >> np.arange(n)) & 1
    return 1.0 - 2.0 * bits.astype(np.float64)


def _flips(difference: Floats, resamples: int, seed: int) -> Iterable[Floats]:
    """Sums of the differences under random signs, in batches."""
    rng = np.random.default_rng(seed)
    n = len(difference)
    total = difference.sum()
    batch = max(1, BATCH // n)
    for start in range(0, resamples, batch):
        count = min(batch, resamples - start)
        yield total - 2.0 * (random_flips(rng, count, n) @ difference)


def random_flips(rng: np.random.Generator, count: int, queries: int) -> Floats:
    """Patterns of which queries' signs are flipped, 1.0 where they are: shape (count, queries)."""
    bits = rng.integers(0, 256, (count, (queries + 7) // 8), dtype=np.uint8)
    return np.unpackbits(bits, axis=1, count=queries).astype(np.float64)
