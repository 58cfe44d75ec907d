"""All verdicts of a study, and its factors' effects, from stored values."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from harness.runs.perquery import POSTINGS
from harness.study.verdicts.claims import ACCURACY, VARIANCE, all_claims
from harness.study.verdicts.designs import Design, factor_effect
from harness.study.verdicts.effects import Effect, corrected, query_effect
from harness.study.verdicts.evidence import Evidence
from harness.study.verdicts.relations import RankCorrelation, spearman
from harness.study.verdicts.rules import DIRECTED, NOT_TESTED, Part, Verdict, combine, decide
from harness.study.verdicts.settings import Settings


@dataclass(frozen=True)
class Relation:
    """How two numbers of cells go together at a pruning."""

    x: str
    y: str
    pruning: str
    correlation: RankCorrelation


def judge(evidence: Evidence) -> list[Verdict]:
    """Judge all claims; Holm's correction is over all parts that claim a direction."""
    drafts = all_claims(evidence)
    directed = [
        (i, j)
        for i, draft in enumerate(drafts)
        for j, part in enumerate(draft.parts)
        if part.kind in DIRECTED and part.effect is not None
    ]
    effects = [drafts[i].parts[j].effect for i, j in directed]
    tested = corrected([effect for effect in effects if effect is not None])
    by_place = dict(zip(directed, tested, strict=True))
    return [
        _judged(
            draft,
            [
                replace(part, effect=by_place.get((i, j), part.effect))
                for j, part in enumerate(draft.parts)
            ],
            evidence.settings,
        )
        for i, draft in enumerate(drafts)
    ]


def family_size(verdicts: Sequence[Verdict]) -> int:
    """How many tests Holm's correction in `judge` was over."""
    return sum(
        part.kind in DIRECTED and part.effect is not None and not math.isnan(part.effect.p)
        for verdict in verdicts
        for part in verdict.parts
    )


def factor_effects(evidence: Evidence) -> list[Effect]:
    """Every factor's effect over pairs that differ in it only, at every pruning; Holm over all.

    Two neighbouring levels are compared, the later one (as the study lists them) minus the
    earlier one, in the measures of effectiveness and in postings per query.
    """
    measures = [*evidence.results.measures, POSTINGS]
    found = [
        query_effect(evidence, design, measure, pruning)
        for design in _factor_designs(evidence)
        for measure in measures
        for pruning in evidence.results.grid
    ]
    return corrected([effect for effect in found if effect is not None])


def effects_within(evidence: Evidence) -> list[Effect]:
    """Every factor's effect at each level of each other factor, at both ends of the grid.

    Corrected as a family of its own: these say where an effect comes from.
    """
    designs = [
        design
        for factor, low, high in _steps(evidence)
        for other, levels in evidence.results.factors.items()
        for level in levels
        if other != factor
        and (design := factor_effect(evidence.levels, factor, high, low, {other: level}))
    ]
    found = [
        query_effect(evidence, design, measure, pruning)
        for design in designs
        for measure in (evidence.measure, POSTINGS)
        for pruning in evidence.ends
    ]
    return corrected([effect for effect in found if effect is not None])


def longer_effects(evidence: Evidence) -> list[Effect]:
    """What pre-training for longer changes: each longer cell against the one it continues."""
    found = []
    for cell, base in evidence.results.longer().items():
        pair = Evidence(evidence.results, evidence.settings, {cell: {}, base: {}})
        design = Design(f"{cell} − {base}", {cell: 1.0, base: -1.0})
        for measure in (evidence.measure, POSTINGS):
            found += [query_effect(pair, design, measure, p) for p in evidence.results.grid]
    return corrected([effect for effect in found if effect is not None])


def relations(evidence: Evidence) -> list[Relation]:
    """Appendix H: list-length variance against effectiveness and cost, at every pruning."""
    found = []
    for pruning in evidence.results.grid:
        for other in (evidence.measure, POSTINGS, "covariance_share"):
            correlation = correlate(evidence, VARIANCE, other, pruning)
            if correlation is not None:
                found.append(Relation(VARIANCE, other, pruning, correlation))
        accuracy = correlate(evidence, ACCURACY, evidence.measure, pruning)
        if accuracy is not None:
            found.append(Relation(ACCURACY, evidence.measure, pruning, accuracy))
    return found


def correlate(evidence: Evidence, x: str, y: str, pruning: str) -> RankCorrelation | None:
    """Rank correlation of two numbers over the grid's cells; None if there are too few."""
    one, other = cell_means(evidence, x, pruning), cell_means(evidence, y, pruning)
    cells = [cell for cell in one if cell in other]
    if len(cells) < 3:
        return None
    import numpy as np

    a, b = np.array([one[c] for c in cells]), np.array([other[c] for c in cells])
    return spearman(a, b, evidence.settings.resamples, evidence.settings.seed)


def cell_means(evidence: Evidence, what: str, pruning: str) -> dict[str, float]:
    """A number's mean over seeds, by cell: a measure, or a column of ``points`` or ``cells``."""
    if what in evidence.results.panels:
        block = evidence.by_query(what, pruning)
        means = None if block is None else block.values.mean(axis=(1, 2))
    else:
        table = "points" if what in evidence.results.points.columns else "cells"
        block = evidence.by_training(table, what, pruning if table == "points" else "")
        means = None if block is None else block.values.mean(axis=1)
    if block is None or means is None:
        return {}
    return dict(zip(block.cells, means.tolist(), strict=True))


def _factor_designs(evidence: Evidence) -> list[Design]:
    designs = (factor_effect(evidence.levels, f, high, low) for f, low, high in _steps(evidence))
    return [design for design in designs if design is not None]


def _steps(evidence: Evidence) -> Iterator[tuple[str, str, str]]:
    """Every factor with two neighbouring levels, the earlier one first."""
    for factor, levels in evidence.results.factors.items():
        for low, high in zip(levels, levels[1:], strict=False):
            yield factor, low, high


def _judged(draft: Verdict, parts: Sequence[Part], settings: Settings) -> Verdict:
    judged = []
    for part in parts:
        outcome, margin = decide(part, settings)
        judged.append(replace(part, outcome=outcome, margin=margin))
    outcomes = [part.outcome for part in judged]
    outcome = combine(outcomes) if outcomes else NOT_TESTED
    return replace(draft, parts=tuple(judged), outcome=outcome)
