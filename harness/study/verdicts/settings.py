"""What a verdict depends on besides the results: margins, level, resamples."""

from __future__ import annotations

from dataclasses import dataclass

from ground.errors import InputError


@dataclass(frozen=True)
class Settings:
    """Declared before looking at results.

    Attributes:
        margin: a difference of effectiveness that does not matter, absolute.
        relative_margin: the same as a share of the level it is compared with. The smaller of
            the two counts: an absolute margin alone would call everything equal on a hard data
            set, a relative one alone on an easy one.
        alpha: level of the tests, after Holm's correction.
        confidence: of all intervals.
        resamples: of bootstraps.
        permutations: of permutation tests.
        seed: of all random generators.
    """

    margin: float = 0.01
    relative_margin: float = 0.05
    alpha: float = 0.05
    confidence: float = 0.95
    resamples: int = 2_000
    permutations: int = 10_000
    seed: int = 0

    def __post_init__(self) -> None:
        if not (self.margin > 0 and self.relative_margin > 0):
            raise InputError(
                "A margin must be above 0: with none, no two models could be called equally good."
            )
        if not (0 < self.alpha < 1 and 0 < self.confidence < 1):
            raise InputError("The level of a test and of an interval is between 0 and 1.")
        if self.resamples < 100 or self.permutations < 100:
            raise InputError("Fewer than 100 resamples say nothing about a 95% interval.")

    def margin_at(self, level: float) -> float:
        """The margin where the cells compared with have this mean."""
        return min(self.margin, self.relative_margin * level)
