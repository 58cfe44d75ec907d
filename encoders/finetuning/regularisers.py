"""What keeps vectors sparse: the FLOPS losses, their schedules, and what steers them.

Joint FLOPS is of both sides, the others are of one. DF-FLOPS weighs the terms of documents by how
common they are, so that what many documents share is dropped first (arXiv 2505.15070); the mask of
l0 leaves documents alone that are sparse enough (arXiv 2504.14839).
"""

from __future__ import annotations

from typing import Any

from torch import Tensor

from encoders.finetuning.budget import BudgetControl
from encoders.finetuning.losses import (
    QuadraticSchedule,
    above_terms,
    df_weights,
    flops,
    joint_flops,
)
from encoders.training import processes
from encoders.training.settings import FinetuneSettings

_MEMORY = 0.98
"""Share of the document frequencies that is kept from one step to the next."""


class Regularisers:
    """The weighted sum of the losses that the settings ask for.

    Args:
        settings: weights and schedules.
        budget: steers the weights of the losses that documents take part in.
    """

    def __init__(self, settings: FinetuneSettings, budget: BudgetControl | None = None) -> None:
        self.settings, self.budget = settings, budget
        ramp, delay = int(settings.ramp * settings.steps), int(settings.delay * settings.steps)
        self.joint, self.query_flops, self.doc_flops, self.df_flops = (
            QuadraticSchedule(weight, ramp, delay)
            for weight in (
                settings.joint_flops,
                settings.query_flops,
                settings.doc_flops,
                settings.df_flops,
            )
        )
        self.frequency: Tensor | None = None

    def __call__(self, queries: Tensor, documents: Tensor, real: Tensor, step: int) -> Tensor:
        """The loss, a scalar.

        Args:
            queries: (B, |U|) float32, of this process.
            documents: (D, |U|) float32, of this process.
            real: (B,) bool, queries that were not made up: those that a budget is about.
            step: steps done before.
        """
        factor, total = 1.0, queries.new_zeros(())
        if self.budget is not None:
            factor = self.budget.factor(queries.detach()[real], documents.detach(), step)
        kept = above_terms(documents, self.settings.l0_mask)
        if self.settings.joint_flops:
            total = total + factor * self.joint(step) * joint_flops(queries, kept)
        if self.settings.query_flops:
            total = total + self.query_flops(step) * flops(queries)
        if self.settings.doc_flops:
            total = total + factor * self.doc_flops(step) * flops(kept)
        if self.settings.df_flops:
            weights = df_weights(self._frequencies(documents.detach()))
            total = total + factor * self.df_flops(step) * flops(kept, weights)
        return total

    def _frequencies(self, documents: Tensor) -> Tensor:
        """Share of recent documents that have each term, (|U|,)."""
        now = processes.batch_mean((documents > 0).float())
        before = self.frequency
        if before is not None:
            now = _MEMORY * before.to(now.device) + (1 - _MEMORY) * now
        self.frequency = now
        return now

    def state_dict(self) -> dict[str, Any]:
        """What a training that goes on needs."""
        budget = None if self.budget is None else self.budget.state_dict()
        return {"frequency": self.frequency, "budget": budget}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from a state."""
        self.frequency = state["frequency"]
        if self.budget is not None and state["budget"] is not None:
            self.budget.load_state_dict(state["budget"])
