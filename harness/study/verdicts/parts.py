"""Parts of claims with what they are judged by, or why they cannot be."""

from __future__ import annotations

from collections.abc import Mapping

from harness.study.verdicts.counts import TopCount, count_top
from harness.study.verdicts.designs import Design, group_against_rest
from harness.study.verdicts.effects import Effect, query_effect, training_effect
from harness.study.verdicts.evidence import Evidence
from harness.study.verdicts.rules import MOSTLY, Part


def top_count(evidence: Evidence, kind: Mapping[str, str], pruning: str) -> TopCount | None:
    """How many of the best cells have these levels; None if that cannot be counted."""
    block = evidence.by_query(evidence.measure, pruning)
    design = group_against_rest(evidence.levels, kind)
    if block is None or design is None:
        return None
    inside = [c for c in block.cells if design.weights.get(c, 0.0) > 0]
    if not inside or len(inside) == len(block.cells):
        return None
    means = block.values.mean(axis=(1, 2))
    return count_top(block.cells, means, evidence.draws(evidence.measure, pruning), inside)


def mostly(evidence: Evidence, kind: Mapping[str, str], pruning: str) -> Part:
    """Whether the best cells are mostly of a kind."""
    says = f"the best cells at {pruning} are mostly {' + '.join(kind.values())}"
    count = top_count(evidence, kind, pruning)
    design = group_against_rest(evidence.levels, kind)
    missing = "" if count is not None else _missing(design, evidence.measure)
    return Part(MOSTLY, says, count=count, missing=missing)


def query_part(
    kind: str, says: str, evidence: Evidence, design: Design | None, measure: str, pruning: str
) -> Part:
    """A part about values per query."""
    effect = None if design is None else query_effect(evidence, design, measure, pruning)
    return _part(kind, says, design, effect, measure)


def training_part(
    kind: str,
    says: str,
    evidence: Evidence,
    design: Design | None,
    table: str,
    column: str,
    pruning: str = "",
    *,
    ratio: bool = False,
) -> Part:
    """A part about a number that a training has one of."""
    effect = None
    if design is not None:
        effect = training_effect(evidence, design, table, column, pruning, ratio=ratio)
    return _part(kind, says, design, effect, column)


def _part(kind: str, says: str, design: Design | None, effect: Effect | None, what: str) -> Part:
    missing = "" if effect is not None else _missing(design, what)
    return Part(kind, says, effect=effect, missing=missing)


def _missing(design: Design | None, what: str) -> str:
    if design is None:
        return "the study has no trained cells that differ so"
    return f"no {what} of every cell that is compared"
