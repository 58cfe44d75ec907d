"""What a rule makes of an interval or of a count, by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from harness.study.verdicts.counts import TopCount
from harness.study.verdicts.effects import (
    DIFFERENCE,
    Effect,
    corrected,
)
from harness.study.verdicts.rules import (
    CONTRADICTED,
    EQUIVALENT,
    HIGHER,
    LOWER,
    MOSTLY,
    NOT_TESTED,
    NOT_WORSE,
    SUPPORTED,
    UNDECIDED,
    Part,
    combine,
    decide,
)
from harness.study.verdicts.settings import Settings

EFFECT = Effect(
    comparison="a − b",
    measure="RR@10",
    pruning="0:0",
    unit=DIFFERENCE,
    estimate=0.02,
    low=0.01,
    high=0.03,
    reference=0.4,
    effect_size=0.5,
    p=0.001,
    p_holm=0.01,
    pairs=1,
    seeds=3,
    queries=100,
    agreeing=3,
    over="queries and seeds",
    left_out="",
)


COUNT = TopCount(2, 2, 8, 0.5, 1 / 28, 2, 2, 1.0, ("a", "b"))


def between(low: float, high: float, p: float = 0.001) -> Effect:
    return replace(EFFECT, low=low, high=high, estimate=(low + high) / 2, p_holm=p)


@pytest.mark.parametrize(
    ("kind", "low", "high", "p", "outcome"),
    [
        (HIGHER, 0.01, 0.03, 0.01, SUPPORTED),
        (HIGHER, 0.01, 0.03, 0.06, UNDECIDED),  # not after correction
        (HIGHER, -0.01, 0.03, 0.01, UNDECIDED),  # other seeds may say otherwise
        (HIGHER, -0.03, -0.01, 0.01, CONTRADICTED),
        (LOWER, -0.03, -0.01, 0.01, SUPPORTED),
        (LOWER, 0.01, 0.03, 0.01, CONTRADICTED),
        (HIGHER, math.nan, math.nan, math.nan, UNDECIDED),
        (EQUIVALENT, -0.009, 0.009, 1.0, SUPPORTED),
        (EQUIVALENT, 0.001, 0.009, 0.001, SUPPORTED),  # a difference, but a small one
        (EQUIVALENT, -0.002, 0.011, 1.0, UNDECIDED),
        (EQUIVALENT, 0.011, 0.02, 0.001, CONTRADICTED),
        (EQUIVALENT, -0.02, -0.011, 0.001, CONTRADICTED),
        (NOT_WORSE, -0.009, 0.5, 1.0, SUPPORTED),
        (NOT_WORSE, -0.011, 0.001, 1.0, UNDECIDED),
        (NOT_WORSE, -0.03, -0.011, 0.001, CONTRADICTED),
    ],
)
def test_rule_by_interval(kind: str, low: float, high: float, p: float, outcome: str) -> None:
    found, margin = decide(Part(kind, "says", effect=between(low, high, p)), Settings())
    assert found == outcome
    assert math.isnan(margin) if kind in (HIGHER, LOWER) else margin == 0.01


@pytest.mark.parametrize(
    ("found", "low", "high", "mostly", "outcome"),
    [
        (2, 2, 2, 1.0, SUPPORTED),
        (2, 1, 2, 0.9, UNDECIDED),
        (1, 1, 1, 0.0, CONTRADICTED),
        (0, 0, 0, 0.01, CONTRADICTED),
        (0, 0, 1, 0.04, UNDECIDED),  # what equal cells look like
    ],
)
def test_rule_by_count(found: int, low: int, high: int, mostly: float, outcome: str) -> None:
    count = replace(COUNT, found=found, low=low, high=high, mostly=mostly)
    assert decide(Part(MOSTLY, "says", count=count), Settings())[0] == outcome


def test_a_claim_is_what_its_parts_are() -> None:
    assert combine([SUPPORTED, SUPPORTED]) == SUPPORTED
    assert combine([SUPPORTED, UNDECIDED]) == UNDECIDED
    assert combine([SUPPORTED, NOT_TESTED]) == UNDECIDED
    assert combine([SUPPORTED, CONTRADICTED, NOT_TESTED]) == CONTRADICTED
    assert combine([NOT_TESTED, NOT_TESTED]) == NOT_TESTED


def test_correction_leaves_out_what_has_no_p_value() -> None:
    effects = [replace(EFFECT, p=p) for p in (0.01, math.nan, 0.04)]
    assert [e.p_holm for e in corrected(effects)][::2] == [0.02, 0.04]
