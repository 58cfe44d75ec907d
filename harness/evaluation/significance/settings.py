"""How differences are tested: which test is marked, its correction, its level, the margin."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ground.errors import InputError
from harness.evaluation.significance.corrections import CORRECTIONS
from harness.evaluation.significance.power import POWER
from harness.evaluation.significance.tests import RESAMPLES

ALPHA = 0.05
TESTS = {
    "permutation": f"paired permutation test, {RESAMPLES:,} sign flips",
    "t": "paired t-test",
    "wilcoxon": "Wilcoxon signed-rank test without zero differences",
}
"""Name of a test to its words."""
_CORRECTED = {"holm": "Holm", "bonferroni": "Bonferroni", "bh": "Benjamini-Hochberg"}


@dataclass(frozen=True)
class Settings:
    """How differences are tested.

    Attributes:
        test: the one that is corrected and marked; the others are computed, too.
        correction: for the number of tests in the family; ``none`` leaves p-values as they are.
        alpha: below which corrected p-values count, two-sided; intervals have 1 - alpha.
        margin: largest difference that does not matter, for tests of equivalence; None for none.
    """

    test: str = "permutation"
    correction: str = "holm"
    alpha: float = ALPHA
    margin: float | None = None

    def __post_init__(self) -> None:
        _check_choice("test", self.test, list(TESTS))
        _check_choice("correction", self.correction, list(CORRECTIONS))
        if not 0 < self.alpha < 1:
            raise InputError(f"--alpha is between 0 and 1, such as 0.05, and not {self.alpha:g}.")
        if self.margin is not None and not (self.margin > 0 and math.isfinite(self.margin)):
            raise InputError(
                f"--margin is a difference above 0 in the measures' own unit, such as 0.01, and "
                f"not {self.margin:g}."
            )

    def to_dict(self) -> dict[str, Any]:
        """The settings as plain values, with what they leave open."""
        return {
            **asdict(self),
            "words": TESTS[self.test],
            "sign_flips": RESAMPLES,
            "wilcoxon_zeros": "left out",
            "confidence": 1 - self.alpha,
            "power": POWER,
        }

    def correct(self, p_values: Sequence[float]) -> list[float]:
        """p-values of a family, corrected."""
        return CORRECTIONS[self.correction](p_values)

    def words(self, comparisons: int, queries: int) -> str:
        """The test, its correction and what it was of, as a note of a table has it."""
        return f"{TESTS[self.test]}, {self.corrected(comparisons)}, {queries:,} queries"

    def corrected(self, comparisons: int) -> str:
        """The correction in words."""
        if self.correction == "none":
            return f"{comparisons:,} comparisons, uncorrected"
        return f"{_CORRECTED[self.correction]} over {comparisons:,} comparisons"


def _check_choice(what: str, given: str, known: list[str]) -> None:
    if given not in known:
        raise InputError(f"There is no {what} {given!r}. Choose one of: {', '.join(known)}.")
