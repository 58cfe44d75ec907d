"""Is a difference between two systems more than chance? Paired tests over the same queries."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

RESAMPLES = 10_000
_EXACT_UP_TO = 13  # 2**13 sign patterns are fewer than RESAMPLES: enumerate them all
_BATCH = 2_000_000
_ROUNDING = 1e-12

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Comparison:
    """One system against a baseline under one measure.

    Attributes:
        system: what is compared.
        baseline: against what.
        measure: name of the measure.
        queries: number of queries that both have a value for.
        mean: mean of the system over those.
        baseline_mean: mean of the baseline over those.
        difference: mean - baseline_mean.
        ci_low: lower end of the 95% bootstrap interval of the difference.
        ci_high: its upper end.
        effect_size: Cohen's d_z, difference / standard deviation of the paired differences;
            NaN when that is 0.
        wins: queries on which the system has the higher value.
        losses: queries on which it has the lower one; the rest are ties.
        p_t: two-sided p-value of the paired t-test; 1 if no query differs.
        p_permutation: two-sided p-value of the sign-flip permutation test.
        p_holm: p_permutation corrected by Holm's method for the family of comparisons.
    """

    system: str
    baseline: str
    measure: str
    queries: int
    mean: float
    baseline_mean: float
    difference: float
    ci_low: float
    ci_high: float
    effect_size: float
    wins: int
    losses: int
    p_t: float
    p_permutation: float
    p_holm: float

    def to_dict(self) -> dict[str, Any]:
        """Field names to values, None for NaN."""
        values = asdict(self).items()
        return {k: None if isinstance(v, float) and math.isnan(v) else v for k, v in values}


def paired_t_test(values: ArrayLike, baseline: ArrayLike) -> float:
    """Two-sided p-value of the paired t-test (scipy.stats.ttest_rel).

    1 if no pair differs or there are fewer than two pairs, where t is undefined.
    """
    from scipy import stats

    difference = _paired(values, baseline)
    if len(difference) < 2 or not difference.any():
        return 1.0
    if difference.std() <= _ROUNDING * abs(difference.mean()):
        return 0.0  # a constant difference: t is infinite
    return float(stats.ttest_1samp(difference, 0.0).pvalue)


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
    difference = _paired(values, baseline)
    difference = difference[difference != 0]  # flipping a zero changes nothing
    observed = abs(difference.sum())
    # Equal sums may differ in their last bits with the order of addition.
    threshold = observed - _ROUNDING * np.abs(difference).sum()
    if len(difference) <= _EXACT_UP_TO:
        sums = _signs(np.arange(2 ** len(difference)), len(difference)) @ difference
        return float(np.mean(np.abs(sums) >= threshold))
    extreme = sum(int(np.sum(np.abs(s) >= threshold)) for s in _flips(difference, resamples, seed))
    return (1 + extreme) / (1 + resamples)


def bootstrap_interval(
    values: ArrayLike,
    baseline: ArrayLike,
    confidence: float = 0.95,
    resamples: int = 2_000,
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

    difference = _paired(values, baseline)
    if len(difference) < 2 or difference.min() == difference.max():
        mean = float(difference.mean()) if len(difference) else math.nan
        return mean, mean
    found = stats.bootstrap(
        (difference,),
        np.mean,
        n_resamples=resamples,
        batch=max(1, _BATCH // len(difference)),
        confidence_level=confidence,
        method="percentile",
        rng=np.random.default_rng(seed),
    ).confidence_interval
    return float(found.low), float(found.high)


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's step-down correction, which bounds the chance of any false finding in the family.

    The i-th smallest of m p-values (i from 0) is multiplied by m - i, then made monotone and
    at most 1 (Holm, 1979).
    """
    p = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(p[order] * (len(p) - np.arange(len(p))))
    corrected = np.empty(len(p))
    corrected[order] = np.minimum(stepped, 1.0)
    return [float(x) for x in corrected]


def compare(
    systems: Mapping[str, Mapping[str, Mapping[str, float]]],
    baseline: str,
    measures: Iterable[str],
    seed: int = 0,
) -> list[Comparison]:
    """Compare every system with the baseline under every measure, Holm over all of these.

    Args:
        systems: name to measure to query id to value.
        baseline: a key of ``systems``.
        measures: names; a system without one, or sharing no query with the baseline, is left out.
        seed: of all random generators.

    Returns:
        One comparison a (system, measure), in the order of both arguments.
    """
    found = []
    for measure in measures:
        reference = systems[baseline].get(measure, {})
        for name, tables in systems.items():
            shared = sorted(reference.keys() & tables.get(measure, {}).keys())
            if name == baseline or not shared:
                continue
            a = np.array([tables[measure][query] for query in shared])
            b = np.array([reference[query] for query in shared])
            found.append(_compare_one(name, baseline, measure, a, b, seed))
    corrected = holm([c.p_permutation for c in found])
    return [replace(c, p_holm=p) for c, p in zip(found, corrected, strict=True)]


def _compare_one(
    system: str, baseline: str, measure: str, a: Floats, b: Floats, seed: int
) -> Comparison:
    difference = _paired(a, b)
    mean = float(difference.mean())
    spread = float(difference.std(ddof=1)) if len(a) > 1 else 0.0
    constant = spread <= _ROUNDING * abs(mean)
    low, high = bootstrap_interval(a, b, seed=seed)
    p = permutation_test(a, b, seed=seed)
    return Comparison(
        system=system,
        baseline=baseline,
        measure=measure,
        queries=len(a),
        mean=float(a.mean()),
        baseline_mean=float(b.mean()),
        difference=mean,
        ci_low=low,
        ci_high=high,
        effect_size=math.nan if constant else mean / spread,
        wins=int((difference > 0).sum()),
        losses=int((difference < 0).sum()),
        p_t=paired_t_test(a, b),
        p_permutation=p,
        p_holm=p,
    )


def _paired(values: ArrayLike, baseline: ArrayLike) -> Floats:
    a, b = np.asarray(values, dtype=np.float64), np.asarray(baseline, dtype=np.float64)
    if a.shape != b.shape or a.ndim != 1:
        raise ValueError(f"paired values need the same queries, not shapes {a.shape}, {b.shape}")
    difference = a - b
    # Equal values that were computed in another order may differ in their last bits.
    noise = np.abs(difference) <= _ROUNDING * np.maximum(np.abs(a), np.abs(b))
    return np.where(noise, 0.0, difference)


def _signs(patterns: NDArray[np.int64], n: int) -> Floats:
    """Bit i of each pattern as +1 or -1; shape (patterns, n)."""
    bits = (patterns[:, None] >> np.arange(n)) & 1
    return 1.0 - 2.0 * bits.astype(np.float64)


def _flips(difference: Floats, resamples: int, seed: int) -> Iterable[Floats]:
    """Sums of the differences under random signs, in batches."""
    rng = np.random.default_rng(seed)
    n = len(difference)
    total = difference.sum()
    batch = max(1, _BATCH // n)
    for start in range(0, resamples, batch):
        count = min(batch, resamples - start)
        bits = rng.integers(0, 256, (count, (n + 7) // 8), dtype=np.uint8)
        flipped = np.unpackbits(bits, axis=1, count=n)
        yield total - 2.0 * (flipped.astype(np.float64) @ difference)
