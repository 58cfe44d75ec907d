"""EMLM pre-training: predict masked words of U from WordPieces, with transformers.Trainer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader

from encoders.checkpoints import require_text
from encoders.errors import EncoderInputError
from encoders.masking import MaskingCollator, MaskingRates, TokenisedTexts, tokenise
from encoders.model import EspladeModel
from encoders.training import (
    EncoderTrainer,
    Indices,
    WorkFolder,
    finish,
    run,
    trainer_arguments,
)


@dataclass(frozen=True)
class PretrainSettings:
    """Everything that decides an EMLM training, apart from its text and its starting model.

    Args:
        steps: optimisation steps.
        batch: texts a step.
        lr: peak learning rate.
        warmup: share of the steps in which the learning rate rises.
        decay: name of the learning-rate schedule (``linear``, ``cosine``, ``constant``...).
        weight_decay: of AdamW.
        max_length: tokens a text, special tokens included.
        mask_words: share of the words of U that are chosen.
        mask_share: share of the chosen words that become [MASK].
        random_share: share of the chosen words that become random pieces.
        held_out: texts that are kept apart for the evaluation, at most a tenth of all.
        evaluate_every: steps between evaluations (and checkpoints).
        log_every: steps between lines of the log.
        seed: decides initialisation, order and masking.
        half: save the finished model in half precision.
    """

    steps: int = 3000
    batch: int = 128
    lr: float = 1e-3
    warmup: float = 0.05
    decay: str = "linear"
    weight_decay: float = 0.01
    max_length: int = 64
    mask_words: float = 0.15
    mask_share: float = 0.8
    random_share: float = 0.1
    held_out: int = 1000
    evaluate_every: int = 500
    log_every: int = 50
    seed: int = 42
    half: bool = False


def pretrain(
    model: EspladeModel,
    texts: Sequence[str],
    out: Path,
    settings: PretrainSettings,
    *,
    sources: dict[str, Any] | None = None,
) -> dict[str, float]:
    """Train a model to predict masked words, and write it to ``out`` when it is done.

    A killed training goes on from its last checkpoint (``<out>.unfinished``) when it is
    started again with the same settings.

    Args:
        model: from `encoders.fresh`, with tokenizer and vocabulary; trained in place.
        texts: the corpus.
        out: the folder to write.
        settings: see `PretrainSettings`.
        sources: recorded in ``training.json``: where text and model come from.

    Returns:
        Held-out ``loss`` (nats) and ``accuracy`` of the finished model.

    Raises:
        EncoderInputError: fewer than one batch of texts holds a word of U.
        TrainingStopped: the loss is not finite.
    """
    work = WorkFolder.open(out, {**asdict(settings), **(sources or {})})
    tokenizer, vocabulary = require_text(model)
    corpus = tokenise(texts, tokenizer, vocabulary, settings.max_length)
    train, held = _split(corpus, settings)
    rates = MaskingRates(settings.mask_words, settings.mask_share, settings.random_share)
    collator = MaskingCollator(corpus, tokenizer, rates=rates, seed=settings.seed)
    trainer = _PretrainTrainer(
        model=model,
        args=trainer_arguments(work.path, settings),
        train_dataset=_Subset(train),
        eval_dataset=_Subset(held),
        data_collator=collator,
    )
    # Held-out figures are of BERT's rates, so that trainings with other rates can be compared.
    trainer.held_out_collator = MaskingCollator(corpus, tokenizer, seed=settings.seed + 1)
    run(trainer, work)
    final = trainer.evaluate()
    record = {
        "stage": "pretrain",
        "settings": asdict(settings),
        "sources": sources or {},
        "counts": {"texts": len(train), "held_out": len(held), "tokens": len(corpus.ids)},
        "held_out": {"loss": final["eval_loss"], "accuracy": final["eval_accuracy"]},
        "seconds": round(work.seconds, 1),
    }
    finish(out, model, record, trainer.state.log_history, half=settings.half)
    work.remove()
    return {"loss": final["eval_loss"], "accuracy": final["eval_accuracy"]}


class _Subset(Indices):
    """Some of the texts, by number."""

    def __init__(self, numbers: np.ndarray[Any, np.dtype[np.int64]]) -> None:
        super().__init__(len(numbers))
        self.numbers = numbers

    def __getitem__(self, index: int) -> dict[str, int]:
        return {"index": int(self.numbers[index])}


class _PretrainTrainer(EncoderTrainer):
    held_out_collator: MaskingCollator

    def compute_loss(self, model: Any, inputs: dict[str, Tensor], *_: Any, **__: Any) -> Any:
        """Mean cross-entropy over U at the masked positions, and nowhere else."""
        logits, labels = _word_logits(model, inputs)
        loss = cross_entropy(logits, labels)
        self.report(loss, accuracy=float((logits.argmax(dim=1) == labels).float().mean()))
        return loss

    @torch.inference_mode()
    def evaluate(self, *_: Any, **__: Any) -> dict[str, float]:
        """Loss and accuracy on the held-out texts, under the same masks every time."""
        model: Any = self.model
        model.eval()
        total = right = count = 0.0
        batches: Any = DataLoader(
            self.eval_dataset,  # type: ignore[arg-type]
            batch_size=self.args.per_device_train_batch_size,
            collate_fn=self.held_out_collator,
        )
        for batch in batches:
            inputs = {name: value.to(self.args.device) for name, value in batch.items()}
            logits, labels = _word_logits(model, inputs)
            total += float(cross_entropy(logits, labels, reduction="sum"))
            right += float((logits.argmax(dim=1) == labels).sum())
            count += len(labels)
        model.train()
        metrics = {"eval_loss": total / max(count, 1), "eval_accuracy": right / max(count, 1)}
        self.log(metrics)
        return metrics


def _word_logits(model: Any, inputs: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
    chosen = inputs["labels"] >= 0
    logits = model.word_logits(inputs["input_ids"], inputs["attention_mask"], chosen)
    return logits, inputs["labels"][chosen]


def _split(corpus: TokenisedTexts, settings: PretrainSettings) -> tuple[Any, Any]:
    """Numbers of the texts to train on and of those held out."""
    order = np.random.default_rng(settings.seed).permutation(len(corpus)).astype(np.int64)
    held = min(settings.held_out, len(corpus) // 10)
    if len(corpus) - held < settings.batch:
        raise EncoderInputError(
            f"Only {len(corpus)} texts hold a word of the output vocabulary, which is less than "
            f"one batch of {settings.batch}. Give more text, a larger vocabulary, or --batch."
        )
    return np.sort(order[held:]), np.sort(order[:held])
