"""The loss of a fine-tuning: ranking, distillation, and the scheduled regularisers."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from encoders.finetuning.budget import BudgetControl
from encoders.finetuning.losses import in_batch_loss, kl_divergence, margin_mse
from encoders.finetuning.pairs import TokenisedPairs
from encoders.finetuning.regularisers import Regularisers
from encoders.teaching.scores import TeacherScores
from encoders.training import processes
from encoders.training.settings import FinetuneSettings


@dataclass(frozen=True)
class Losses:
    """The parts of a loss, scalars, each with its weight in it already."""

    ranking: Tensor
    distillation: Tensor
    regulariser: Tensor

    def total(self) -> Tensor:
        """Their sum."""
        return self.ranking + self.distillation + self.regulariser


class Objective:
    """From vectors of a batch to its loss.

    Each process has its own queries, and the documents of all of them.

    Args:
        settings: weights, temperatures and schedules.
        pairs: what answers what.
        teacher: scores any query and document of them.
        budget: steers the weights of the regularisers.
    """

    def __init__(
        self,
        settings: FinetuneSettings,
        pairs: TokenisedPairs,
        teacher: TeacherScores | None = None,
        budget: BudgetControl | None = None,
    ) -> None:
        self.settings, self.pairs, self.teacher = settings, pairs, teacher
        self.regularisers = Regularisers(settings, budget)

    def __call__(
        self, queries: Tensor, documents: Tensor, batch: dict[str, Tensor], step: int
    ) -> Losses:
        """Compute the loss.

        Args:
            queries: (B, |U|) float32, of this process.
            documents: (B + n, |U|) float32, of this process.
            batch: from `encoders.finetuning.batches.PairCollator`.
            step: steps done before.
        """
        first = processes.first_row(documents)
        scores = queries @ processes.gather_rows(documents).T
        return Losses(
            self.settings.contrast * self._ranking(scores, batch, first),
            self.settings.distillation_weight * self._distillation(scores, batch, first),
            self.regularisers(queries, documents, self._real(batch["query_numbers"]), step),
        )

    def _ranking(self, scores: Tensor, batch: dict[str, Tensor], first: int) -> Tensor:
        numbers = processes.gather_rows(batch["doc_numbers"])
        blocked = self.pairs.blocked(batch["query_numbers"].cpu().numpy(), numbers.cpu().numpy())
        mask = torch.from_numpy(blocked).to(scores.device)
        return in_batch_loss(scores * self.settings.scale, blocked=mask, first=first)

    def _distillation(self, scores: Tensor, batch: dict[str, Tensor], first: int) -> Tensor:
        if self.settings.distillation == "none":
            return scores.new_zeros(())
        if self.settings.distillation == "batch-kl":
            own, taught = scores, self._taught(batch, scores)
        else:
            group = batch["group"].clamp(min=0) + first
            own, taught = scores.gather(1, group), batch["teacher"]
            if self.teacher is not None:
                known = self._taught(batch, scores).gather(1, group)
                taught = known.masked_fill(batch["group"] < 0, float("nan"))
        loss = margin_mse if self.settings.distillation == "margin-mse" else kl_divergence
        taught = taught * self.settings.teacher_scale
        return processes.mean_of_values(loss(own * self.settings.scale, taught))

    def _taught(self, batch: dict[str, Tensor], scores: Tensor) -> Tensor:
        """(B, D) the teacher's scores of this process' queries and all documents of the batch."""
        assert self.teacher is not None
        numbers = processes.gather_rows(batch["doc_numbers"])
        found = self.teacher(batch["query_numbers"].cpu().numpy(), numbers.cpu().numpy())
        return found.to(scores.device)

    def _real(self, numbers: Tensor) -> Tensor:
        """Which queries (B,) were not made up; all where none is real."""
        real = torch.from_numpy(self.pairs.real[numbers.cpu().numpy()]).to(numbers.device)
        return real if bool(real.any()) else torch.ones_like(real)
