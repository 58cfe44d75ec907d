"""The collapse of a sparse encoder: a regulariser that bites too early kills every ReLU."""

from __future__ import annotations

import logging
import math

from ground.errors import TrainingStopped

REMEDY = "a smaller --joint-flops, --query-flops or --doc-flops, a longer --delay, or a lower --lr"
_FEW = 8.0
"""Mean terms a vector below which a fall is worth a warning."""
_FALL = 0.8
"""Share of the last window's terms below which this window fell."""

_log = logging.getLogger(__name__)


class CollapseGuard:
    """Watches the mean number of terms: warns while it falls to nothing, stops at 0.

    Args:
        window: steps whose means are compared.
    """

    def __init__(self, window: int) -> None:
        self.window = window
        self._sums = {"queries": 0.0, "documents": 0.0}
        self._before: dict[str, float] = {}
        self._steps = 0

    def observe(self, step: int, query_terms: float, doc_terms: float) -> list[str]:
        """Take the mean terms of a step's queries and documents.

        Returns:
            Warnings; they have been logged too.

        Raises:
            TrainingStopped: one side has no term left.
        """
        now = {"queries": query_terms, "documents": doc_terms}
        for side, terms in now.items():
            if not terms:
                raise collapsed(side, f"at step {step}")
            self._sums[side] += terms
        self._steps += 1
        if self._steps < self.window:
            return []
        means = {side: total / self._steps for side, total in self._sums.items()}
        warnings = [w for side in means if (w := self._warning(side, means[side], step))]
        self._before, self._steps = means, 0
        self._sums = dict.fromkeys(means, 0.0)
        for warning in warnings:
            _log.warning(warning)
        return warnings

    def _warning(self, side: str, mean: float, step: int) -> str | None:
        before = self._before.get(side, 0.0)
        if mean >= _FEW or mean >= _FALL * before:
            return None
        # Falls are geometric: vectors of less than one term in twenty are as good as empty.
        left = math.log(mean / 0.05) / math.log(before / mean)
        return (
            f"The {side} had {mean:.1f} terms on average up to step {step}, after {before:.1f} in "
            f"the {self.window} steps before: at this pace none is left about step "
            f"{step + round(left * self.window)}. If that comes, train again with {REMEDY}."
        )


def collapsed(side: str, when: str) -> TrainingStopped:
    """The error of a side ("queries" or "documents") that has no term left."""
    return TrainingStopped(
        f"All weights of the {side} became 0 {when}: the regulariser bit before the representation "
        f"meant anything. Train again with {REMEDY}."
    )
