"""ESPLADE fine-tuning: a sparse bi-encoder from an EMLM, with transformers.Trainer."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from torch import Tensor

from encoders.calibration import shift_bias
from encoders.errors import TrainingStopped
from encoders.losses import QuadraticSchedule, flops, in_batch_loss, joint_flops
from encoders.model import EspladeModel
from encoders.neighbours import NeighbourSampler, nearest
from encoders.pairs import PairCollator, RankingData, TokenisedPairs
from encoders.ranking import rank_pool
from encoders.training import EncoderTrainer, Indices, WorkFolder, finish, run, trainer_arguments


@dataclass(frozen=True)
class FinetuneSettings:
    """Everything that decides a fine-tuning, apart from its data and its starting model.

    Args:
        steps: optimisation steps.
        batch: query-document pairs a step; every other document is a negative.
        hard_negatives: of each query's hard negatives, how many are drawn a step.
        neighbours: pairs of similar documents that are put into a batch together, so that they
            are each other's hard negatives; 1 shuffles freely.
        lr: peak learning rate.
        warmup: share of the steps in which the learning rate rises.
        decay: name of the learning-rate schedule.
        weight_decay: of AdamW.
        scale: inverse temperature of the scores in the ranking loss.
        joint_flops: final weight of the joint FLOPS loss.
        query_flops: final weight of the FLOPS loss of queries.
        doc_flops: final weight of the FLOPS loss of documents.
        ramp: share of the steps in which those weights grow quadratically.
        delay: share of the steps before they begin to.
        start_terms: shift the output bias before the first step so that a document has about
            this many terms; 0 leaves it alone.
        query_top_k: the model's own limit on terms a query, in training and after (q_K).
        doc_top_k: the same for documents (d_K).
        query_max_length: longest query in tokens.
        doc_max_length: longest document in tokens.
        evaluate_every: steps between evaluations (and checkpoints).
        log_every: steps between lines of the log.
        seed: decides order and dropout.
        half: save the finished model in half precision.
    """

    steps: int = 3000
    batch: int = 128
    hard_negatives: int = 0
    neighbours: int = 1
    lr: float = 5e-4
    warmup: float = 0.05
    decay: str = "linear"
    weight_decay: float = 0.01
    scale: float = 1.0
    joint_flops: float = 3e-3
    query_flops: float = 0.0
    doc_flops: float = 0.0
    ramp: float = 1 / 3
    delay: float = 0.0
    start_terms: int = 400
    query_top_k: int = 200
    doc_top_k: int = 400
    query_max_length: int = 48
    doc_max_length: int = 48
    evaluate_every: int = 500
    log_every: int = 50
    seed: int = 42
    half: bool = False


def finetune(
    model: EspladeModel,
    train: RankingData,
    dev: RankingData | None,
    out: Path,
    settings: FinetuneSettings,
    *,
    sources: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Fine-tune an encoder on query-document pairs, and write it to ``out`` when it is done.

    With dev data the best checkpoint by RR@10 over that pool is the one that is kept. A killed
    training goes on from its last checkpoint when it is started again with equal settings.

    Args:
        model: an encoder with tokenizer and vocabulary; trained in place.
        train: queries, documents and judgments to learn from.
        dev: a pool to choose the best checkpoint on.
        out: the folder to write.
        settings: see `FinetuneSettings`.
        sources: recorded in ``training.json``: where data and model come from.

    Returns:
        The record that ``training.json`` holds.

    Raises:
        EncoderInputError: the data holds no pair.
        TrainingStopped: all weights of one side became 0, or the loss is not finite.
    """
    work = WorkFolder.open(out, {**asdict(settings), **(sources or {})})
    _apply_limits(model, settings)
    pairs = TokenisedPairs(model, train)
    if settings.start_terms and work.last_checkpoint is None:
        shift_bias(model, list(train.documents.values())[:512], settings.start_terms)
    trainer = _FinetuneTrainer(
        model=model,
        args=trainer_arguments(work.path, settings, **_selection(dev)),
        train_dataset=Indices(len(pairs)),
        eval_dataset=Indices(1) if dev else None,
        data_collator=PairCollator(model, pairs, settings.hard_negatives, settings.seed),
    )
    trainer.configure(settings, dev, _sampler(pairs, settings))
    run(trainer, work)
    record = {
        "stage": "finetune",
        "settings": asdict(settings),
        "sources": sources or {},
        "counts": {"pairs": len(pairs), "documents": len(train.documents)},
        "dev": trainer.evaluate() if dev else {},
        "seconds": round(work.seconds, 1),
    }
    finish(out, model, record, trainer.state.log_history, half=settings.half)
    work.remove()
    return record


class _FinetuneTrainer(EncoderTrainer):
    settings: FinetuneSettings
    dev: RankingData | None
    sampler: NeighbourSampler | None

    def configure(
        self, settings: FinetuneSettings, dev: RankingData | None, sampler: NeighbourSampler | None
    ) -> None:
        """Set what the loss, the evaluation and the order of the pairs need."""
        self.settings, self.dev, self.sampler = settings, dev, sampler
        steps = {"ramp": int(settings.ramp * settings.steps)}
        steps["delay"] = int(settings.delay * settings.steps)
        self.joint = QuadraticSchedule(settings.joint_flops, **steps)
        self.query_flops = QuadraticSchedule(settings.query_flops, **steps)
        self.doc_flops = QuadraticSchedule(settings.doc_flops, **steps)

    def _get_train_sampler(self, *args: Any, **kwargs: Any) -> Any:
        return self.sampler or super()._get_train_sampler(*args, **kwargs)

    def compute_loss(self, model: Any, inputs: dict[str, Tensor], *_: Any, **__: Any) -> Any:
        """Ranking loss plus the scheduled regularisers."""
        queries = model(inputs["query_ids"], inputs["query_mask"], side="query")
        documents = model(inputs["doc_ids"], inputs["doc_mask"], side="doc")
        ranking = in_batch_loss(
            queries, documents, blocked=inputs["blocked"], scale=self.settings.scale
        )
        regulariser = self._regulariser(queries, documents)
        loss = ranking + regulariser
        query_terms, doc_terms = _terms(queries), _terms(documents)
        self.report(
            loss,
            ranking_loss=float(ranking.detach()),
            regulariser=float(regulariser.detach()),
            expected_matches=float(joint_flops((queries > 0).float(), (documents > 0).float())),
            query_terms=query_terms,
            doc_terms=doc_terms,
        )
        self._guard(query_terms, doc_terms)
        return loss

    def _regulariser(self, queries: Tensor, documents: Tensor) -> Tensor:
        step = self.state.global_step
        total = self.joint(step) * joint_flops(queries, documents)
        if self.settings.query_flops:
            total = total + self.query_flops(step) * flops(queries)
        if self.settings.doc_flops:
            total = total + self.doc_flops(step) * flops(documents)
        return total

    def _guard(self, query_terms: float, doc_terms: float) -> None:
        if query_terms and doc_terms:
            return
        side = "queries" if not query_terms else "documents"
        raise TrainingStopped(
            f"All weights of the {side} became 0 at step {self.state.global_step}: the regulariser "
            f"bit before the representation meant anything. Train again with a smaller "
            f"--joint-flops, a longer --delay, or a lower --lr."
        )

    def evaluate(self, *_: Any, **__: Any) -> dict[str, float]:
        """RR@10 and terms a vector on the dev pool."""
        model: Any = self.model
        assert self.dev is not None
        figures = rank_pool(model, self.dev)
        metrics = {
            "eval_rr_at_10": figures.rr_at_10,
            "eval_query_terms": figures.query_terms,
            "eval_doc_terms": figures.doc_terms,
        }
        self.log(metrics)
        return metrics


def _sampler(pairs: TokenisedPairs, settings: FinetuneSettings) -> NeighbourSampler | None:
    if settings.neighbours == 1:
        return None
    near = nearest(pairs.documents)
    return NeighbourSampler(pairs.pairs[:, 1], near, settings.neighbours, settings.seed)


def _terms(vectors: Tensor) -> float:
    return float((vectors.detach() > 0).sum()) / len(vectors)


def _apply_limits(model: EspladeModel, settings: FinetuneSettings) -> None:
    config = model.config
    config.query_top_k, config.doc_top_k = settings.query_top_k, settings.doc_top_k
    config.query_max_length = settings.query_max_length
    config.doc_max_length = settings.doc_max_length


def _selection(dev: RankingData | None) -> dict[str, Any]:
    """Trainer options that keep the best checkpoint by dev RR@10."""
    if dev is None:
        return {"eval_strategy": "no", "eval_steps": None}
    return {
        "load_best_model_at_end": True,
        "metric_for_best_model": "eval_rr_at_10",
        "greater_is_better": True,
    }
