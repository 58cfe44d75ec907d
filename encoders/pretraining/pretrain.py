"""EMLM pre-training: predict masked words of U from WordPieces, with transformers.Trainer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from encoders.model.model import EspladeModel
from encoders.model.text import require_text
from encoders.pretraining.masking import MaskingCollator, MaskingRates, TokenisedTexts, tokenise
from encoders.pretraining.trainer import MaskedWords, PretrainTrainer
from encoders.training import processes
from encoders.training.order import EpochOrder
from encoders.training.rates import freeze, rates
from encoders.training.running import finish, own_batch, run, trainer_arguments
from encoders.training.settings import PretrainSettings
from encoders.training.workfolder import WorkFolder
from encoders.vocabulary.vocabulary import Vocabulary
from ground.dry import planned
from ground.errors import InputError

__all__ = ["PretrainSettings", "pretrain"]

Ints = NDArray[np.int64]


def pretrain(
    model: EspladeModel,
    texts: Sequence[str],
    out: Path,
    settings: PretrainSettings,
    *,
    held_out: Sequence[str] | None = None,
    sources: dict[str, Any] | None = None,
    logs: Path | None = None,
) -> dict[str, float]:
    """Train a model to predict masked words, and write it to ``out`` when it is done.

    A killed training goes on from its last checkpoint (in ``<out>.unfinished``) when it is
    started again with the same settings, with the losses of one that was never killed. Several
    processes (torchrun) share each batch.

    Args:
        model: from `encoders.model.fresh`, with tokenizer and vocabulary; trained in place.
        texts: the corpus.
        out: the folder to write.
        settings: see `PretrainSettings`.
        held_out: texts to evaluate on; then all of ``texts`` are trained on, and what is masked
            in the evaluation does not depend on the seed, so that any trainings compare.
        sources: recorded in ``training.json``: where text and model come from.
        logs: folder for TensorBoard.

    Returns:
        Held-out ``loss`` (nats) and ``accuracy`` of the finished model.

    Raises:
        InputError: fewer than one batch of texts holds a word of U.
        TrainingStopped: the loss is not finite.
    """
    processes.start()
    decided = {**asdict(settings), **(sources or {})}
    WorkFolder.check(out, decided)
    tokenizer, vocabulary = require_text(model)
    corpus = tokenise(texts, tokenizer, vocabulary, settings.max_length)
    if held_out is None:
        train, held = _split(len(corpus), settings)
        evaluation = _Evaluation(corpus, held, settings.seed + 1)
    else:
        train = np.arange(len(corpus), dtype=np.int64)
        given = tokenise(held_out, tokenizer, vocabulary, settings.max_length)
        evaluation = _Evaluation(given, np.arange(len(given), dtype=np.int64), 0)
    _check_enough(len(train), settings, vocabulary, sources or {})
    WorkFolder.note(out, settings.steps)
    planned(counts={"texts": len(train), "held out": len(evaluation.numbers)})
    work = WorkFolder.open(out, decided)
    freeze(model, settings.freeze)
    trainer = _trainer(model, corpus, train, evaluation, work, settings)
    run(trainer, work, logs)
    final = trainer.kept_figures()
    result = {"loss": final["eval_loss"], "accuracy": final["eval_accuracy"]}
    record = {
        "stage": "pretrain",
        "settings": asdict(settings),
        "sources": sources or {},
        "counts": {
            "texts": len(train),
            "held_out": len(evaluation.numbers),
            "tokens": len(corpus.ids),
            "longer": corpus.longer,
        },
        "held_out": result,
        "seconds": round(work.seconds, 1),
    }
    stored = {"half": settings.half, "int8": settings.int8}
    finish(out, model, record, trainer.state.log_history, **stored)
    work.remove()
    return result


class _Evaluation(NamedTuple):
    """Texts that are held out, by their numbers, and the seed of their masks."""

    corpus: TokenisedTexts
    numbers: Ints
    seed: int


def _trainer(
    model: EspladeModel,
    corpus: TokenisedTexts,
    train: Ints,
    evaluation: _Evaluation,
    work: WorkFolder,
    settings: PretrainSettings,
) -> PretrainTrainer:
    tokenizer = require_text(model)[0]
    shares = MaskingRates(settings.mask_words, settings.mask_share, settings.random_share)
    collator = MaskingCollator(corpus, tokenizer, rates=shares, seed=settings.seed)
    return PretrainTrainer(
        MaskedWords(model),
        [{"index": int(number)} for number in evaluation.numbers],
        # Held-out figures are of BERT's rates, so that trainings with other rates can be compared.
        MaskingCollator(evaluation.corpus, tokenizer, seed=evaluation.seed),
        settings.micro_batch,
        args=trainer_arguments(work.path, settings),
        data_collator=_Chosen(train, collator),
        order=EpochOrder(len(train), settings.seed),
        rates=rates(model, settings),
        alone=int(settings.head_first * settings.steps),
    )


class _Chosen:
    """A collator that sees some of the texts, by their place among those."""

    def __init__(self, numbers: Ints, collator: MaskingCollator) -> None:
        self.numbers, self.collator = numbers, collator

    def __call__(self, examples: Sequence[dict[str, int]]) -> dict[str, Any]:
        return self.collator([{"index": int(self.numbers[e["index"]])} for e in examples])


def _split(texts: int, settings: PretrainSettings) -> tuple[Ints, Ints]:
    """Numbers of the texts to train on and of those held out."""
    order = np.random.default_rng(settings.seed).permutation(texts).astype(np.int64)
    held = min(settings.held_out, texts // 10)
    return np.sort(order[held:]), np.sort(order[:held])


def _check_enough(
    texts: int, settings: PretrainSettings, vocabulary: Vocabulary, sources: Mapping[str, Any]
) -> None:
    own_batch(settings)
    if texts >= settings.batch:
        return
    where = ", ".join(sources.get("corpus") or []) or "the given text"
    name = sources.get("vocabulary")
    words = ", ".join(map(repr, vocabulary.words[:3]))
    raise InputError(
        f"Only {texts} texts of {where} hold a word of the output vocabulary"
        f"{' ' + name if name else ''} ({words}, ...), which is less than one batch of "
        f"{settings.batch}. Give more text, a larger vocabulary, or --batch."
    )
