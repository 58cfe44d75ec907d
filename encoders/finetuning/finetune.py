"""ESPLADE fine-tuning: a sparse bi-encoder from an EMLM, with transformers.Trainer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from encoders.finetuning.batches import PairCollator
from encoders.finetuning.biencoder import BiEncoder
from encoders.finetuning.budget import BudgetControl
from encoders.finetuning.calibration import shift_bias
from encoders.finetuning.last import average_last
from encoders.finetuning.pairs import RankingData, TokenisedPairs
from encoders.finetuning.patience import MEASURE, convergence, first_step
from encoders.finetuning.query_side import set_query_encoder, start_term_weights
from encoders.finetuning.trainer import FinetuneTrainer
from encoders.model.model import EspladeModel
from encoders.teaching.scores import Teacher, TeacherScores
from encoders.training import processes
from encoders.training.budget_text import budget_postings, budget_terms
from encoders.training.neighbours import NeighbourSampler, nearest
from encoders.training.order import EpochOrder
from encoders.training.rates import freeze, rates
from encoders.training.running import finish, own_batch, run, trainer_arguments
from encoders.training.settings import FinetuneSettings
from encoders.training.workfolder import WorkFolder
from ground.dry import planned
from ground.errors import InputError

__all__ = ["FinetuneSettings", "finetune"]


def finetune(
    model: EspladeModel,
    train: RankingData,
    dev: RankingData | None,
    out: Path,
    settings: FinetuneSettings,
    *,
    sources: dict[str, Any] | None = None,
    logs: Path | None = None,
    teachers: Sequence[Teacher] = (),
) -> dict[str, Any]:
    """Fine-tune an encoder on query-document pairs, and write it to ``out`` when it is done.

    With dev data the best checkpoint by RR@10 over that pool is the one that is kept, and with
    ``patience`` the training stops when none has been better for a while. A killed
    training goes on from its last checkpoint when it is started again with equal settings, with
    the losses of one that was never killed. Several processes (torchrun) share each batch and
    compute what one would.

    Args:
        model: an encoder with tokenizer and vocabulary; trained in place.
        train: queries, documents and judgments to learn from.
        dev: a pool to choose the best checkpoint on.
        out: the folder to write.
        settings: see `FinetuneSettings`.
        sources: recorded in ``training.json``: where data and model come from.
        logs: folder for TensorBoard.
        teachers: score any query and document for the distillation; their scores are added.

    Returns:
        The record that ``training.json`` holds.

    Raises:
        InputError: the data holds less than one batch of pairs, or not what the settings
            need (hard negatives, a teacher's scores, dev data).
        TrainingStopped: all weights of one side became 0, or the loss is not finite.
    """
    processes.start()
    decided = {**asdict(settings), **(sources or {})}
    WorkFolder.check(out, decided)
    _apply_limits(model, settings)
    set_query_encoder(model, settings)
    pairs = TokenisedPairs(model, train)
    _check_pairs(pairs, settings, bool(teachers))
    if settings.patience and dev is None:
        raise InputError(
            "--patience watches the dev measure, and there is no dev data. Give a data set with a "
            "dev split, or --patience 0."
        )
    WorkFolder.note(out, settings.steps)
    planned(counts={"pairs": len(pairs), "documents": len(train.documents)})
    work = WorkFolder.open(out, decided)
    if work.last_checkpoint is None:
        _prepare_start(model, train, settings)
    freeze(model, settings.freeze)
    trainer = _trainer(model, pairs, dev, work, settings, _taught(train, pairs, teachers))
    run(trainer, work, logs, keep=settings.average_last)
    figures = trainer.kept_figures() if dev else {}
    averaged = None
    if dev and settings.average_last > 1:
        averaged = average_last(trainer, work.path, settings.average_last, figures)
        figures = averaged["figures"] if averaged["kept"] else figures
    record = {
        "stage": "finetune",
        "settings": asdict(settings),
        "sources": sources or {},
        "counts": {"pairs": len(pairs), "documents": len(train.documents)},
        "lengths": _lengths(model, pairs),
        "dev": figures,
        "averaged": averaged,
        "steps_done": trainer.state.global_step,
        "convergence": _convergence(trainer, settings) if dev else None,
        "seconds": round(work.seconds, 1),
    }
    stored = {"half": settings.half, "int8": settings.int8}
    finish(out, model, record, trainer.state.log_history, **stored)
    work.remove()
    return record


def _trainer(
    model: EspladeModel,
    pairs: TokenisedPairs,
    dev: RankingData | None,
    work: WorkFolder,
    settings: FinetuneSettings,
    teacher: TeacherScores | None,
) -> FinetuneTrainer:
    return FinetuneTrainer(
        BiEncoder(model, settings.micro_batch),
        settings,
        pairs,
        dev,
        args=trainer_arguments(work.path, settings, **_selection(dev)),
        data_collator=PairCollator(model, pairs, settings.hard_negatives, settings.seed),
        eval_dataset=[0] if dev else None,
        order=_order(pairs, settings),
        rates=rates(model, settings, settings.term_lr),
        alone=int(settings.head_first * settings.steps),
        teacher=teacher,
        budget=_budget(pairs, settings),
    )


def _taught(
    train: RankingData, pairs: TokenisedPairs, teachers: Sequence[Teacher]
) -> TeacherScores | None:
    """What the teachers say of everything that is trained on."""
    if not teachers:
        return None
    queries = [train.queries[name] for name in pairs.query_names]
    documents = [train.documents[name] for name in pairs.document_names]
    return TeacherScores([(one.queries(queries), one.documents(documents)) for one in teachers])


def _budget(pairs: TokenisedPairs, settings: FinetuneSettings) -> BudgetControl | None:
    if not settings.budget:
        return None
    query_k, doc_k = budget_terms(settings.budget_terms)
    budget = budget_postings(settings.budget)
    return BudgetControl(
        budget,
        query_k,
        doc_k,
        pairs.collection,
        start=first_step(settings),
        steps=settings.steps,
    )


def _prepare_start(model: EspladeModel, train: RankingData, settings: FinetuneSettings) -> None:
    """Change a model before its first step, as the settings ask."""
    start_term_weights(model, train)
    if not settings.start_terms:
        return
    shift = shift_bias(model, list(train.documents.values())[:512], settings.start_terms)
    if model.query_model is not None:
        model.query_model.head.bias.data += shift


def _order(pairs: TokenisedPairs, settings: FinetuneSettings) -> EpochOrder:
    if settings.neighbours == 1:
        return EpochOrder(len(pairs), settings.seed)
    near = nearest(pairs.documents)
    groups = NeighbourSampler(pairs.pairs[:, 1], near, settings.neighbours, settings.seed)
    return EpochOrder(len(pairs), settings.seed, groups)


def _check_pairs(pairs: TokenisedPairs, settings: FinetuneSettings, taught: bool) -> None:
    own_batch(settings)
    if settings.budget and not (settings.joint_flops or settings.doc_flops or settings.df_flops):
        raise InputError(
            "--budget steers the weights of --joint-flops, --doc-flops and --df-flops, and all are "
            "0. Give one of them a weight above 0 to start from."
        )
    if len(pairs) < settings.batch:
        raise InputError(
            f"There are {len(pairs)} pairs of a query and a document to train on, which is less "
            f"than one batch of {settings.batch}. Give more judgments, or a smaller --batch."
        )
    if settings.hard_negatives and not any(map(len, pairs.negatives)):
        raise InputError(
            "Hard negatives are asked for, but none is known for any query. Give a file of them "
            "(--negatives; esplade mine makes one), or --hard-negatives 0."
        )
    _check_teacher(pairs, settings, taught)


def _check_teacher(pairs: TokenisedPairs, settings: FinetuneSettings, taught: bool) -> None:
    kind = settings.distillation
    if kind == "none":
        return
    if kind == "batch-kl":
        if not taught:
            raise InputError(
                "--distillation batch-kl learns what a teacher says of all documents of a batch. "
                "Give a --teacher, or another --distillation."
            )
    elif not settings.hard_negatives or not (taught or pairs.teaches()):
        raise InputError(
            f"Distillation ({kind}) needs a teacher's scores of positives and hard negatives. Give "
            f"a JSONL file with scores (--negatives) or a --teacher, and --hard-negatives of 1 or "
            f"more; or --distillation none."
        )


def _convergence(trainer: FinetuneTrainer, settings: FinetuneSettings) -> dict[str, Any]:
    return convergence(trainer.state.log_history, settings).to_dict()


def _lengths(model: EspladeModel, pairs: TokenisedPairs) -> dict[str, Any]:
    """How many distinct contents and queries are longer than what the model is trained on."""
    config = model.config
    return {
        "documents": {
            "limit": config.doc_max_length,
            "longer": pairs.longer_documents,
            "texts": len(pairs.documents),
        },
        "queries": {
            "limit": config.query_max_length,
            "longer": pairs.longer_queries,
            "texts": len(pairs.queries),
        },
    }


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
        "metric_for_best_model": MEASURE,
        "greater_is_better": True,
    }
