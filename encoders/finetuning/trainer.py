"""The Trainer of a fine-tuning: a step's loss and figures, and dev figures by exact search."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from transformers import TrainerState

from encoders.finetuning.biencoder import BiEncoder, Encoded
from encoders.finetuning.budget import TOLERANCE, BudgetControl
from encoders.finetuning.guard import CollapseGuard, collapsed
from encoders.finetuning.objective import Losses, Objective
from encoders.finetuning.pairs import MADE_UP, RankingData, TokenisedPairs
from encoders.finetuning.patience import Patience, first_step
from encoders.finetuning.ranking import rank_pool
from encoders.teaching.scores import TeacherScores
from encoders.training import processes
from encoders.training.settings import FinetuneSettings
from encoders.training.trainer import EncoderTrainer

_WINDOW = 20
"""Fewest steps over which the guard takes means: fewer would warn of noise."""
_STATE = "regularisers.pt"
POSTINGS = "eval_postings"
"""Expected postings a query of the dev queries, under the budget's pruning."""
_SHOWN = 5
"""Ids named in a message."""


class FinetuneTrainer(EncoderTrainer):
    """Trains a `BiEncoder`.

    Args:
        settings: of the fine-tuning.
        pairs: what is trained on.
        dev: what is evaluated on, or None.
        teacher: scores queries and documents, where one teaches.
        budget: of postings a query, where there is one.
    """

    def __init__(
        self,
        model: BiEncoder,
        settings: FinetuneSettings,
        pairs: TokenisedPairs,
        dev: RankingData | None,
        teacher: TeacherScores | None = None,
        budget: BudgetControl | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(model, **kwargs)
        self.encoder, self.pairs, self.dev, self.budget = model.encoder, pairs, dev, budget
        self.objective: Objective = Objective(settings, pairs, teacher, budget)
        self.guard = CollapseGuard(max(_WINDOW, settings.log_every))
        self.patience = Patience(settings)
        self.add_callback(self.patience)

    def is_over(self, state: TrainerState) -> bool:
        """Whether all steps are done, or patience had an end at the last evaluation."""
        return super().is_over(state) or self.patience.over(state.log_history)

    def is_candidate(self, figures: dict[str, float]) -> bool:
        """Whether a model may be kept: it reads no more than its budget, where it has one."""
        return self.budget is None or figures[POSTINGS] <= (1 + TOLERANCE) * self.budget.budget

    def _determine_best_metric(self, *args: Any, **kwargs: Any) -> bool:
        # A checkpoint of another loss, with its far denser vectors, is no candidate.
        settings = self.patience.settings
        if settings.patience and self.state.global_step < first_step(settings):
            return False
        if not self.is_candidate(kwargs.get("metrics", args[0] if args else {})):
            return False
        return bool(super()._determine_best_metric(*args, **kwargs))

    def compute_loss(self, model: Any, inputs: dict[str, Tensor], *_: Any, **__: Any) -> Tensor:
        """Ranking and distillation losses plus the scheduled regularisers."""
        names = ("query_ids", "query_mask", "doc_ids", "doc_mask")
        queries, documents = model(*(inputs[name] for name in names))
        step = self.state.global_step
        losses = self.objective(queries.vectors.float(), documents.vectors.float(), inputs, step)
        self._watch(losses, queries, documents, inputs)
        total: Tensor = losses.total()
        return total

    def _watch(
        self, losses: Losses, queries: Encoded, documents: Encoded, inputs: dict[str, Tensor]
    ) -> None:
        """Report figures, and stop where training cannot usefully go on."""
        loss = losses.total().detach()
        if not bool(queries.finite.all() and documents.finite.all()):
            # The head takes NaN for no weight: say here that it was one.
            loss = loss * float("nan")
        # Shares of the texts, of all processes, that have a term.
        has_query, has_doc = (
            processes.batch_mean((side.vectors.detach() > 0).float())
            for side in (queries, documents)
        )
        figures = self.report(
            loss,
            lambda: self._describe(queries, documents, inputs),
            ranking_loss=losses.ranking,
            **self._distillation(losses),
            regulariser=losses.regulariser,
            expected_matches=has_query @ has_doc,
            query_terms=has_query.sum(),
            doc_terms=has_doc.sum(),
            **self._budget(losses),
        )
        step = self.state.global_step
        self.guard.observe(step, figures["query_terms"], figures["doc_terms"])

    def _distillation(self, losses: Losses) -> dict[str, Tensor]:
        distils = self.objective.settings.distillation != "none"
        return {"distillation_loss": losses.distillation} if distils else {}

    def _budget(self, losses: Losses) -> dict[str, Tensor]:
        if self.budget is None:
            return {}
        return {"postings": losses.regulariser.new_tensor(self.budget.estimate())}

    def _save_optimizer_and_scheduler(self, output_dir: str) -> None:
        super()._save_optimizer_and_scheduler(output_dir)
        if processes.is_main():
            torch.save(self.objective.regularisers.state_dict(), Path(output_dir) / _STATE)

    def _load_optimizer_and_scheduler(self, checkpoint: str | None) -> None:
        super()._load_optimizer_and_scheduler(checkpoint)
        if checkpoint is not None:
            state = torch.load(Path(checkpoint) / _STATE, map_location="cpu", weights_only=True)
            self.objective.regularisers.load_state_dict(state)

    def _describe(self, queries: Encoded, documents: Encoded, inputs: dict[str, Tensor]) -> str:
        """Which queries and documents of the batch gave no numbers, or else all of the batch."""
        of_queries, of_documents = self.pairs.query_names, self.pairs.document_names
        bad = (
            _chosen(of_queries, inputs["query_numbers"], ~queries.finite),
            _chosen(of_documents, inputs["doc_numbers"], ~documents.finite),
        )
        everything = (
            _chosen(of_queries, inputs["query_numbers"]),
            _chosen(of_documents, inputs["doc_numbers"]),
        )
        found = processes.gather_objects((bad, everything))
        named = any(part[0][0] or part[0][1] for part in found)
        parts = [part[0] if named else part[1] for part in found]
        what = "Without a finite number are" if named else "In the batch were"
        both = [_shown([name for part in parts for name in part[side]]) for side in (0, 1)]
        return f"{what} queries {both[0]} and documents {both[1]}."

    def evaluate(self, *_: Any, **__: Any) -> dict[str, float]:
        """Take the figures of `measured`, and log them."""
        return self.evaluated(self.measured())

    @torch.no_grad()
    def measured(self) -> dict[str, float]:
        """RR@10 and terms a vector on the dev pool; every process must call it.

        Raises:
            TrainingStopped: the queries or the documents of the pool have no term at all.
        """
        assert self.dev is not None
        budget = self.budget
        pruning = (0, 0) if budget is None else (budget.query_k, budget.doc_k)
        collection = 0 if budget is None else budget.documents
        figures = rank_pool(self.encoder, self.dev, pruning, collection)
        metrics = {
            "eval_rr_at_10": figures.rr_at_10,
            "eval_query_terms": figures.query_terms,
            "eval_doc_terms": figures.doc_terms,
        }
        if budget is not None:
            budget.measured(figures.postings)
            metrics[POSTINGS] = figures.postings
        for side, terms in (("queries", figures.query_terms), ("documents", figures.doc_terms)):
            if not terms:
                when = f"in the evaluation at step {self.state.global_step}"
                raise collapsed(f"dev {side}", when)
        return metrics


def _chosen(names: list[str], numbers: Tensor, mask: Tensor | None = None) -> list[str]:
    kept = numbers if mask is None else numbers[mask.to(numbers.device)]
    return [names[number] for number in kept.tolist()]


def _shown(names: list[str]) -> str:
    unique = list(dict.fromkeys(name.replace(MADE_UP, "synthetic ") for name in names))
    more = f" and {len(unique) - _SHOWN} more" if len(unique) > _SHOWN else ""
    return (", ".join(unique[:_SHOWN]) or "none") + more
