"""The rule by which a claim is supported, contradicted, or undecided at this scale.

A claim is a list of parts, each of one kind:

- *higher* / *lower*: an effect has this direction. Supported if its 95% interval lies wholly on
  that side of no effect and p < 0.05 after Holm's correction over all such parts of the report;
  contradicted if both hold on the other side; else undecided.
- *equivalent* ("makes little difference"): supported if the 95% interval lies within the margin on
  both sides of 0; contradicted if it lies wholly outside; else undecided. A difference that is not
  significant is no evidence of none.
- *at least as good* (non-inferior): supported if the interval's lower end is above minus the
  margin; contradicted if its upper end is below that; else undecided.
- *mostly*: more than half of the m best cells are of the kind that the claim names, where m is
  how many there are of that kind. Supported if so in at least 95% of the resamples; contradicted
  if not so and the count is the same number in 95% of them; else undecided. (Rarely being more
  than half is what chance does, too: of 8 equal cells, a given two are the two best in 4%.)

A claim is contradicted if any part is, supported if all are, else undecided. A part whose cells or
numbers are missing is not tested, and a claim of which a part is not tested cannot be supported.
Where there is one seed, intervals are over queries alone and an outcome speaks of those trainings
only; numbers that a training has one of (EMLM accuracy, list lengths) then stay undecided.

Equivalence and non-inferiority by intervals: Schuirmann (1987); 95% is stricter than the 90% that
two one-sided tests at 5% correspond to. All parts must hold, so those need no further correction.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.study.verdicts.counts import TopCount
from harness.study.verdicts.effects import Effect
from harness.study.verdicts.settings import Settings

SUPPORTED = "supported"
CONTRADICTED = "contradicted"
UNDECIDED = "undecided at this scale"
NOT_TESTED = "not tested"

HIGHER, LOWER = "higher", "lower"
EQUIVALENT, NOT_WORSE = "equivalent", "at least as good"
MOSTLY = "mostly"
DIRECTED = (HIGHER, LOWER)


@dataclass(frozen=True)
class Part:
    """One thing a claim says.

    Attributes:
        kind: see the module.
        says: in words.
        effect: what it is judged by, but for *mostly*.
        count: what *mostly* is judged by.
        missing: why it cannot be tested; empty if it can.
        outcome: filled in by `decide`.
        margin: that was applied; NaN where the kind has none.
    """

    kind: str
    says: str
    effect: Effect | None = None
    count: TopCount | None = None
    missing: str = ""
    outcome: str = NOT_TESTED
    margin: float = math.nan


@dataclass(frozen=True)
class Verdict:
    """A claim and what became of it.

    Attributes:
        key: short name.
        claim: what is claimed.
        source: by whom.
        parts: what it says, each with its outcome.
        outcome: see the module.
        notes: what else is worth knowing; no part of the rule.
    """

    key: str
    claim: str
    source: str
    parts: tuple[Part, ...]
    outcome: str = NOT_TESTED
    notes: tuple[str, ...] = field(default=())

    @property
    def one_seed(self) -> bool:
        """Whether something was judged by one training a cell."""
        return any(part.effect is not None and part.effect.seeds == 1 for part in self.parts)

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {
            "key": self.key,
            "claim": self.claim,
            "source": self.source,
            "outcome": self.outcome,
            "one_seed": self.one_seed,
            "parts": [_part_dict(part) for part in self.parts],
            "notes": list(self.notes),
        }


def decide(part: Part, settings: Settings) -> tuple[str, float]:
    """The outcome of a part, and the margin applied (NaN if none)."""
    if part.count is not None:
        return _decide_count(part.count, settings), math.nan
    effect = part.effect
    if effect is None:
        return NOT_TESTED, math.nan
    margin = math.nan if part.kind in DIRECTED else settings.margin_at(effect.reference)
    if math.isnan(effect.low):
        return UNDECIDED, margin
    if part.kind in DIRECTED:
        return _decide_direction(part.kind, effect, settings), margin
    if part.kind == EQUIVALENT:
        return _decide_equivalence(effect, margin), margin
    return _three(effect.low > -margin, effect.high < -margin), margin


def combine(outcomes: Sequence[str]) -> str:
    """The outcome of a claim from those of its parts."""
    if all(outcome == NOT_TESTED for outcome in outcomes):
        return NOT_TESTED
    return _three(
        all(outcome == SUPPORTED for outcome in outcomes),
        any(outcome == CONTRADICTED for outcome in outcomes),
    )


def _decide_direction(kind: str, effect: Effect, settings: Settings) -> str:
    if not effect.p_holm < settings.alpha:
        return UNDECIDED
    above, below = effect.low > effect.null, effect.high < effect.null
    return _three(above, below) if kind == HIGHER else _three(below, above)


def _decide_equivalence(effect: Effect, margin: float) -> str:
    within = -margin < effect.low and effect.high < margin
    return _three(within, effect.low > margin or effect.high < -margin)


def _decide_count(count: TopCount, settings: Settings) -> str:
    most = count.found > count.top / 2
    return _three(
        most and count.mostly >= settings.confidence,
        not most and count.low == count.high == count.found,
    )


def _three(supported: bool, contradicted: bool) -> str:
    return CONTRADICTED if contradicted else SUPPORTED if supported else UNDECIDED


def _part_dict(part: Part) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "kind": part.kind,
        "says": part.says,
        "outcome": part.outcome,
        "margin": None if math.isnan(part.margin) else part.margin,
        "missing": part.missing,
        "effect": None if part.effect is None else part.effect.to_dict(),
        "count": None if part.count is None else asdict(part.count),
    }
