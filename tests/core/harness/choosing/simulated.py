"""Configurations whose true effectiveness is known, tried on queries drawn at random."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from harness.choosing import Candidate, Trial
from harness.pruning import Rule

Truth = Callable[[Candidate], float]


class Simulated:
    """One half of the queries of a collection that does not exist.

    Args:
        truth: mean effectiveness of a candidate.
        cost: its mean cost.
        reference: mean effectiveness of the reference.
        queries: how many.
        rng: draws them.
        spread: share of the queries that a candidate answers differently, each way.
    """

    def __init__(
        self,
        truth: Truth,
        cost: Truth,
        reference: float,
        queries: int,
        rng: np.random.Generator,
        spread: float = 0.1,
    ) -> None:
        self.truth, self.cost, self.rng, self.spread = truth, cost, rng, spread
        self.mean = reference
        self.base = (rng.random(queries) < reference).astype(np.float64)
        self.tried: list[Candidate] = []
        self.known: dict[Candidate, Trial] = {}

    def reference(self) -> Trial:
        """See `Trials`."""
        return Trial(self.base, 1.0)

    def run(self, candidates: Sequence[Candidate]) -> dict[Candidate, Trial]:
        """See `Trials`."""
        self.tried += candidates
        for one in candidates:
            if one not in self.known:
                self.known[one] = self._trial(one)
        return {one: self.known[one] for one in candidates}

    def _trial(self, one: Candidate) -> Trial:
        """Answers change at random, so that the mean difference is the true one in expectation."""
        loss = self.mean - self.truth(one)
        down, up = self.spread + max(loss, 0), self.spread + max(-loss, 0)
        lost = (self.rng.random(len(self.base)) < down / self.mean) & (self.base == 1)
        won = (self.rng.random(len(self.base)) < up / (1 - self.mean)) & (self.base == 0)
        return Trial(np.where(lost, 0.0, np.where(won, 1.0, self.base)), self.cost(one))


def terms(rule: Rule) -> int:
    """How many terms a rule keeps of a text of 40."""
    return min(rule.k or 40, 40)
