"""Effects with intervals, sizes and p-values: of values a query, and of numbers a training."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from harness.evaluation.significance import holm, permutation_test
from harness.study.verdicts.designs import Design
from harness.study.verdicts.evidence import Evidence, is_cost
from harness.study.verdicts.panel import Floats
from harness.study.verdicts.resampling import block_contrast, percentiles

DIFFERENCE, RATIO = "difference", "ratio"


@dataclass(frozen=True)
class Effect:
    """One contrast of one number.

    Attributes:
        comparison: what is compared, in words.
        measure: name of the number.
        pruning: where; empty for what does not depend on it.
        unit: whether ``estimate`` is a difference, or a ratio (1 is no effect).
        estimate: positive side against negative side.
        low: lower end of the interval; NaN if there is none.
        high: upper end.
        reference: mean of the negative side; NaN for an interaction.
        effect_size: Cohen's d_z over queries of the differences averaged over seeds.
        p: two-sided: sign flips over queries, or Student's t over trainings.
        p_holm: the same, corrected for the family it was tested in.
        pairs: cells on the positive side.
        seeds: trainings a cell.
        queries: 0 for a number a training.
        agreeing: seeds in which the sign is the estimate's.
        over: what the interval is over: "queries and seeds", "queries", "seeds", "nothing".
        left_out: trainings not used, in words.
    """

    comparison: str
    measure: str
    pruning: str
    unit: str
    estimate: float
    low: float
    high: float
    reference: float
    effect_size: float
    p: float
    p_holm: float
    pairs: int
    seeds: int
    queries: int
    agreeing: int
    over: str
    left_out: str

    @property
    def null(self) -> float:
        """The value that means no effect."""
        return 1.0 if self.unit == RATIO else 0.0

    @property
    def relative(self) -> float:
        """The effect as a share of the reference; NaN where that has no meaning."""
        if self.unit == RATIO:
            return self.estimate - 1
        return self.estimate / self.reference if self.reference else math.nan

    def to_dict(self) -> dict[str, Any]:
        """Field names to values, None for NaN."""
        values = {**asdict(self), "relative": self.relative}
        return {k: None if isinstance(v, float) and math.isnan(v) else v for k, v in values.items()}


def query_effect(evidence: Evidence, design: Design, measure: str, pruning: str) -> Effect | None:
    """A contrast of means over queries; costs as a ratio of the sides' means.

    Interval: crossed bootstrap (`harness.study.verdicts.resampling`). p-value: paired permutation
    over queries of the contrast of the seeds' averages, so it speaks of these trainings;
    a verdict asks for both.

    Returns:
        None if a cell of the design is not evaluated there.
    """
    block = evidence.by_query(measure, pruning)
    if block is None or not set(design.cells) <= set(block.cells):
        return None
    settings, weights = evidence.settings, design.vector(block.cells)
    ratio = is_cost(measure)
    means = block.values.mean(axis=(1, 2))
    draws = _side(evidence.draws(measure, pruning), weights, ratio)
    low, high = percentiles(draws, settings.confidence)
    by_query = weights @ block.values.mean(axis=1)
    by_seed = weights @ block.values.mean(axis=2)
    spread = float(by_query.std(ddof=1)) if len(by_query) > 1 else 0.0
    p = permutation_test(by_query, np.zeros_like(by_query), settings.permutations, settings.seed)
    return Effect(
        comparison=design.name,
        measure=measure,
        pruning=pruning,
        unit=RATIO if ratio else DIFFERENCE,
        estimate=float(_side(means[None], weights, ratio)[0]),
        low=low,
        high=high,
        reference=_reference(weights, means),
        effect_size=float(by_query.mean()) / spread if spread else math.nan,
        p=p,
        p_holm=p,
        pairs=design.pairs,
        seeds=len(block.seeds),
        queries=len(by_query),
        agreeing=int(np.sum(np.sign(by_seed) == np.sign(by_seed.mean()))),
        over="queries and seeds" if len(block.seeds) > 1 else "queries",
        left_out=block.left_out,
    )


def training_effect(
    evidence: Evidence,
    design: Design,
    table: str,
    column: str,
    pruning: str = "",
    *,
    ratio: bool = False,
) -> Effect | None:
    """A contrast of a number a training, by the randomised block design.

    Args:
        evidence: of the study.
        design: the contrast.
        table: ``cells`` or ``points``.
        column: of the table.
        pruning: for ``points``.
        ratio: contrast of logarithms, given as a ratio of geometric means.

    Returns:
        None if a cell of the design has no such number, or not a positive one for a ratio.
    """
    block = evidence.by_training(table, column, pruning)
    if block is None or not set(design.cells) <= set(block.cells):
        return None
    if ratio and not (block.values > 0).all():
        return None
    weights = design.vector(block.cells)
    values = np.log(block.values) if ratio else block.values
    found = block_contrast(values, weights, evidence.settings.confidence)
    estimate, low, high = found.estimate, found.low, found.high
    if ratio:
        estimate, low, high = math.exp(estimate), math.exp(low), math.exp(high)
    return Effect(
        comparison=design.name,
        measure=column,
        pruning=pruning,
        unit=RATIO if ratio else DIFFERENCE,
        estimate=estimate,
        low=low,
        high=high,
        reference=_reference(weights, block.values.mean(axis=1)),
        effect_size=math.nan,
        p=found.p,
        p_holm=found.p,
        pairs=design.pairs,
        seeds=len(block.seeds),
        queries=0,
        agreeing=found.agreeing,
        over="seeds" if found.df else "nothing",
        left_out=block.left_out,
    )


def corrected(effects: Sequence[Effect]) -> list[Effect]:
    """The effects with Holm's correction over those of them that have a p-value."""
    tested = [i for i, effect in enumerate(effects) if not math.isnan(effect.p)]
    p_values = holm([effects[i].p for i in tested])
    found = list(effects)
    for i, p in zip(tested, p_values, strict=True):
        found[i] = replace(found[i], p_holm=p)
    return found


def _reference(weights: Floats, means: Floats) -> float:
    """Mean of the negative side; NaN for an interaction, which has no side to be a share of."""
    side = -np.minimum(weights, 0)
    return float(side @ means) if math.isclose(side.sum(), 1) else math.nan


def _side(means: Floats, weights: Floats, ratio: bool) -> Floats:
    """Positive side against negative side, row by row."""
    if not ratio:
        return np.asarray(means @ weights)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray((means @ np.maximum(weights, 0)) / (means @ -np.minimum(weights, 0)))
