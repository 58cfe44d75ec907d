"""What is asked: the cheapest that is not worse, or the best that can be afforded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ground.errors import InputError
from harness.choosing.bounds import CONFIDENCE

BM25 = "bm25"


@dataclass(frozen=True)
class Question:
    """A question with an answer.

    Attributes:
        measure: of effectiveness, between 0 and 1, as ir_measures prints it.
        cost: per query, as it stands among a run's per-query values ("postings", "latency_ms").
        reference: what must not be lost against, as its values are named; None where a budget is
            asked for.
        margin: by how much less effective counts as not worse.
        within: mean cost a query that may be spent; None where a reference is given.
        confidence: that the margin is kept.
    """

    measure: str
    cost: str = "postings"
    reference: str | None = BM25
    margin: float = 0.01
    within: float | None = None
    confidence: float = CONFIDENCE

    def __post_init__(self) -> None:
        if (self.reference is None) == (self.within is None):
            raise InputError(
                "Ask for one of two things: what must not be lost against (--not-worse-than), or "
                "what may be spent (--within)."
            )
        if not 0 < self.margin < 1:
            raise InputError(
                f"--margin {self.margin:g}: by how much worse may it be? A number above 0 and "
                f"below 1, such as 0.01; no queries can show that nothing at all is lost."
            )
        if not 0.5 < self.confidence < 1:
            raise InputError(f"--confidence {self.confidence:g} is not between 0.5 and 1.")

    def to_dict(self) -> dict[str, Any]:
        """As plain values, for files."""
        return {
            "measure": self.measure,
            "cost": self.cost,
            "reference": self.reference,
            "margin": self.margin if self.reference else None,
            "within": self.within,
            "confidence": self.confidence,
        }
