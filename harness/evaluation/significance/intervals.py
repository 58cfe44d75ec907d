"""Bootstrap intervals of a mean difference."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from harness.evaluation.significance.pairing import paired_differences
from harness.evaluation.significance.tests import BATCH

BOOTSTRAPS = 2_000
"""Samples of queries, if no other number is asked for."""


def bootstrap_interval(
    values: ArrayLike,
    baseline: ArrayLike,
    confidence: float = 0.95,
    resamples: int = BOOTSTRAPS,
    seed: int = 0,
) -> tuple[float, float]:
    """Percentile bootstrap interval of the mean difference, resampling queries.

    Args:
        values: of the system, one a query.
        baseline: of the baseline, same queries in the same order.
        confidence: share of resamples within the interval.
        resamples: number of bootstrap samples.
        seed: of the random generator.
    """
    from scipy import stats

    difference = paired_differences(values, baseline)
    if len(difference) < 2 or difference.min() == difference.max():
        mean = float(difference.mean()) if len(difference) else math.nan
        return mean, mean
    found = stats.bootstrap(
        (difference,),
        np.mean,
        n_resamples=resamples,
        batch=max(1, BATCH // len(difference)),
        confidence_level=confidence,
        method="percentile",
        rng=np.random.default_rng(seed),
    ).confidence_interval
    return float(found.low), float(found.high)
