"""Every pair of systems tested at once: what one looks up after another baseline was chosen.

The tests are those of `harness.evaluation.significance.tests`. The same sign flips, and the same
resamples of queries, serve all pairs, so that hundreds of pairs cost little more than one: the sum
of a difference under some signs is the difference of two sums.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harness.evaluation.significance.intervals import BOOTSTRAPS, bootstrap_interval
from harness.evaluation.significance.pairing import ROUNDING, Floats, paired_differences
from harness.evaluation.significance.tests import (
    EXACT_UP_TO,
    RESAMPLES,
    permutation_test,
    random_flips,
)

_BATCH = 500


@dataclass(frozen=True)
class Pairs:
    """All pairs of systems under one measure; matrices of shape (systems, systems).

    Attributes:
        difference: mean of the row's system less that of the column's, over the queries that both
            have.
        p: two-sided p-values of the paired permutation test, not corrected; NaN without a query.
        low: lower ends of the 95% bootstrap intervals of the differences.
        high: their upper ends.
        means_low: lower ends of the intervals of the means, shape (systems,).
        means_high: their upper ends.
    """

    difference: Floats
    p: Floats
    low: Floats
    high: Floats
    means_low: Floats
    means_high: Floats


def all_pairs(values: Floats, seed: int = 0) -> Pairs:
    """Test every system against every other one.

    Args:
        values: a row a system, a column a query; NaN where a system has no value.
        seed: of the random generators.
    """
    systems = len(values)
    square = [np.full((systems, systems), np.nan) for _ in range(4)]
    found = Pairs(square[0], square[1], square[2], square[3], np.zeros(0), np.zeros(0))
    missing = np.isnan(values)
    if values.size and not missing.any():
        _together(values, seed, found)
    own = (row[~gone] for row, gone in zip(values, missing, strict=True))
    means = [bootstrap_interval(one, np.zeros(len(one)), seed=seed) for one in own]
    low, high = np.array(means, dtype=np.float64).reshape(-1, 2).T
    for i in range(systems):
        for j in range(i):
            both = ~(missing[i] | missing[j])
            if both.any():
                _fill(found, i, j, values[i][both], values[j][both], seed, bool(missing.any()))
    return Pairs(found.difference, found.p, found.low, found.high, low, high)


def _fill(found: Pairs, i: int, j: int, a: Floats, b: Floats, seed: int, apart: bool) -> None:
    """One pair: wholly, where queries are missing; else what is exact or cheap."""
    difference = paired_differences(a, b)
    if apart or np.count_nonzero(difference) <= EXACT_UP_TO:
        found.p[i, j] = found.p[j, i] = permutation_test(a, b, seed=seed)
    if apart:
        low, high = bootstrap_interval(a, b, seed=seed)
        found.low[i, j], found.high[i, j] = low, high
        found.low[j, i], found.high[j, i] = -high, -low
    mean = float(difference.mean())
    found.difference[i, j], found.difference[j, i] = mean, -mean


def _together(values: Floats, seed: int, found: Pairs) -> None:
    signs, resamples = np.random.default_rng(seed), np.random.default_rng(seed)
    size = np.abs(values).sum(axis=1)
    sums = values.sum(axis=1)
    limit = np.abs(sums[:, None] - sums) - ROUNDING * (size[:, None] + size)
    extreme = np.zeros(limit.shape, dtype=np.int64)
    for count in _batches(RESAMPLES):
        flipped = sums - 2.0 * (random_flips(signs, count, values.shape[1]) @ values.T)
        for i in range(len(values)):
            extreme[i] += (np.abs(flipped[:, i : i + 1] - flipped) >= limit[i]).sum(axis=0)
    found.p[:] = (1 + extreme) / (1 + RESAMPLES)
    np.fill_diagonal(found.p, 1.0)
    means = np.concatenate([_resampled(resamples, n, values) for n in _batches(BOOTSTRAPS)])
    for i in range(len(values)):
        ends = np.percentile(means[:, i : i + 1] - means, (2.5, 97.5), axis=0)
        found.low[i], found.high[i] = ends


def _resampled(rng: np.random.Generator, count: int, values: Floats) -> Floats:
    """Means over queries drawn with replacement, shape (count, systems)."""
    queries = values.shape[1]
    drawn = rng.integers(0, queries, (count, queries))
    places = (np.arange(count)[:, None] * queries + drawn).ravel()
    often = np.bincount(places, minlength=count * queries).reshape(count, queries)
    means: Floats = (often @ values.T) / queries
    return means


def _batches(total: int) -> list[int]:
    return [min(_BATCH, total - start) for start in range(0, total, _BATCH)]
