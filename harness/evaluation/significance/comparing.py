"""Systems side by side: every difference with its tests, interval, size, and what it could show."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np

from harness.evaluation.significance.corrections import holm
from harness.evaluation.significance.equivalence import tost
from harness.evaluation.significance.intervals import bootstrap_interval
from harness.evaluation.significance.pairing import Floats, paired_differences, spread
from harness.evaluation.significance.power import detectable_effect, queries_needed
from harness.evaluation.significance.settings import Settings
from harness.evaluation.significance.tests import paired_t_test, permutation_test, wilcoxon_test

Values = Mapping[str, Mapping[str, Mapping[str, float]]]
"""System to measure to query id to value."""


@dataclass(frozen=True)
class Comparison:
    """One system against another one under one measure.

    Attributes:
        system: what is compared.
        baseline: against what.
        measure: name of the measure.
        queries: number of queries that both have a value for.
        mean: mean of the system over those.
        baseline_mean: mean of the baseline over those.
        difference: mean - baseline_mean.
        ci_low: lower end of the bootstrap interval of the difference, of confidence 1 - alpha.
        ci_high: its upper end.
        effect_size: Cohen's d_z, difference / standard deviation of the paired differences;
            NaN when that is 0.
        wins: queries on which the system has the higher value.
        losses: queries on which it has the lower one; the rest are ties.
        p_t: two-sided p-value of the paired t-test; 1 if no query differs.
        p_permutation: two-sided p-value of the sign-flip permutation test.
        p_holm: p_permutation corrected by Holm's method for the family of comparisons.
        ties: queries on which both have the same value.
        p_wilcoxon: two-sided p-value of the signed-rank test, zero differences left out.
        p_corrected: p-value of the chosen test with the chosen correction (`Settings`).
        significant: whether that is below alpha.
        deviation: standard deviation of the paired differences.
        detectable: the smallest true difference that so many queries of this deviation show with
            80% power (paired t-test, two-sided alpha); NaN with fewer than two queries.
        queries_needed: with which a true difference of the observed size would be shown with that
            power; None where nothing differs, or all differences are the same.
        margin: of equivalence; None if none was stated, and then what follows is None, too.
        p_not_worse: one-sided, of a true difference of -margin or less (t).
        p_tost: of a true difference outside the margin: the larger one of both sides.
        not_worse: whether p_not_worse, corrected for the family, is below alpha.
        equivalent: whether p_tost, corrected for the family, is below alpha.
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
    ties: int
    p_wilcoxon: float
    p_corrected: float
    significant: bool
    deviation: float
    detectable: float
    queries_needed: int | None
    margin: float | None = None
    p_not_worse: float | None = None
    p_tost: float | None = None
    not_worse: bool | None = None
    equivalent: bool | None = None

    def p(self, test: str) -> float:
        """The p-value of a test by its name in `Settings`, uncorrected."""
        found = {"permutation": self.p_permutation, "t": self.p_t, "wilcoxon": self.p_wilcoxon}
        return found[test]

    def to_dict(self) -> dict[str, Any]:
        """Field names to values, None for NaN."""
        values = asdict(self).items()
        return {k: None if isinstance(v, float) and math.isnan(v) else v for k, v in values}


def compare(
    systems: Values,
    baseline: str,
    measures: Iterable[str],
    seed: int = 0,
    settings: Settings | None = None,
) -> list[Comparison]:
    """Compare every system with the baseline under every measure, corrected over all of these.

    Args:
        systems: name to measure to query id to value.
        baseline: a key of ``systems``.
        measures: names; a system without one, or sharing no query with the baseline, is left out.
        seed: of all random generators.
        settings: how they are tested.

    Returns:
        One comparison a (system, measure), in the order of both arguments.
    """
    others = [name for name in systems if name != baseline]
    pairs = [(m, name, baseline) for m in measures for name in others]
    return _compared(systems, pairs, seed, settings or Settings())


def compare_all(
    systems: Values, measures: Iterable[str], seed: int = 0, settings: Settings | None = None
) -> list[Comparison]:
    """Compare every pair of systems under every measure, corrected over all of these.

    Returns:
        One comparison a pair and measure; the system that comes first in ``systems`` is the
        baseline of the pair.
    """
    pairs = [(m, one, first) for m in measures for first, one in combinations(systems, 2)]
    return _compared(systems, pairs, seed, settings or Settings())


def _compared(
    systems: Values, pairs: Iterable[tuple[str, str, str]], seed: int, settings: Settings
) -> list[Comparison]:
    found = []
    for measure, name, baseline in pairs:
        values, reference = systems[name].get(measure, {}), systems[baseline].get(measure, {})
        shared = sorted(reference.keys() & values.keys())
        if not shared:
            continue
        a = np.array([values[query] for query in shared])
        b = np.array([reference[query] for query in shared])
        found.append(_compare_one(name, baseline, measure, a, b, seed, settings))
    return _corrected(found, settings)


def _compare_one(
    system: str,
    baseline: str,
    measure: str,
    a: Floats,
    b: Floats,
    seed: int,
    settings: Settings,
) -> Comparison:
    difference = paired_differences(a, b)
    mean, deviation = float(difference.mean()), spread(difference)
    effect = mean / deviation if deviation else math.nan
    low, high = bootstrap_interval(a, b, 1 - settings.alpha, seed=seed)
    p = permutation_test(a, b, seed=seed)
    margin = None if settings.margin is None else tost(a, b, settings.margin)
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
        effect_size=effect,
        wins=int((difference > 0).sum()),
        losses=int((difference < 0).sum()),
        p_t=paired_t_test(a, b),
        p_permutation=p,
        p_holm=p,
        ties=int((difference == 0).sum()),
        p_wilcoxon=wilcoxon_test(a, b),
        p_corrected=math.nan,
        significant=False,
        deviation=deviation,
        detectable=_detectable(len(a), deviation, settings.alpha),
        queries_needed=queries_needed(effect, settings.alpha),
        margin=settings.margin,
        p_not_worse=margin and margin.not_worse,
        p_tost=margin and margin.p,
    )


def _corrected(found: Sequence[Comparison], settings: Settings) -> list[Comparison]:
    """The family with its corrections, and what follows from them."""
    by_holm = holm([c.p_permutation for c in found])
    chosen = settings.correct([c.p(settings.test) for c in found])
    result = [
        replace(c, p_holm=h, p_corrected=p, significant=p < settings.alpha)
        for c, h, p in zip(found, by_holm, chosen, strict=True)
    ]
    if settings.margin is None:
        return result
    worse = settings.correct([float(c.p_not_worse or 0) for c in found])
    outside = settings.correct([float(c.p_tost or 0) for c in found])
    return [
        replace(c, not_worse=w < settings.alpha, equivalent=o < settings.alpha)
        for c, w, o in zip(result, worse, outside, strict=True)
    ]


def _detectable(queries: int, deviation: float, alpha: float) -> float:
    effect = detectable_effect(queries, alpha)
    return math.nan if math.isinf(effect) else effect * deviation
