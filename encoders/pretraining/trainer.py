"""The Trainer of an EMLM pre-training: masked words of a batch, in parts, and held-out figures."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader

from encoders.model.model import EspladeModel
from encoders.pretraining.masking import MaskingCollator
from encoders.training import processes
from encoders.training.trainer import EncoderTrainer

_SHOWN = 3
"""Texts quoted in a message."""


class MaskedWords(nn.Module):
    """An encoder seen from pre-training: masked texts in, figures of the masked words out."""

    def __init__(self, encoder: EspladeModel) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(
        self, input_ids: Tensor, attention_mask: Tensor, labels: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Sum of the cross-entropy over U at the masked words, and how many were predicted."""
        chosen = labels >= 0
        logits = self.encoder.word_logits(input_ids, attention_mask, chosen).float()
        right = (logits.argmax(dim=1) == labels[chosen]).sum()
        return cross_entropy(logits, labels[chosen], reduction="sum"), right


class PretrainTrainer(EncoderTrainer):
    """Trains `MaskedWords` on the mean over the masked words of the whole batch.

    Parts of a batch have different numbers of masked words, and so have the batches of several
    processes: a mean of means would weigh words by where they are.

    Args:
        held_out: numbers of the texts to evaluate on.
        held_out_collator: masks them, the same way every time.
        part: texts computed at a time; 0 for all.
    """

    def __init__(
        self,
        model: MaskedWords,
        held_out: list[dict[str, int]],
        held_out_collator: MaskingCollator,
        part: int,
        **kwargs: Any,
    ) -> None:
        super().__init__(model, eval_dataset=held_out, **kwargs)
        self.encoder, self.held_out = model.encoder, held_out
        self.held_out_collator, self.part = held_out_collator, part

    def training_step(self, model: Any, inputs: dict[str, Any], *_: Any, **__: Any) -> Tensor:
        """Accumulate the gradient of a batch, part by part, and report its figures."""
        model.train()
        inputs = self._prepare_inputs(inputs)
        words = (inputs["labels"] >= 0).sum()
        # The average over processes of each one's share is the mean over all words.
        share = processes.count() / processes.total(words)
        loss: Tensor = words.new_zeros((), dtype=torch.float32)
        right = torch.zeros_like(words)
        for part, last in _parts(inputs, self.part):
            with nullcontext() if last else self.accelerator.no_sync(model):
                entropy, found = model(**part)
                self.accelerator.backward(entropy * share)
            loss, right = loss + entropy.detach() * share, right + found
        self.report(loss, lambda: self._describe(inputs["input_ids"]), accuracy=right * share)
        return loss

    def _describe(self, ids: Tensor) -> str:
        tokenizer: Any = self.encoder.tokenizer
        texts = [tokenizer.decode(row, skip_special_tokens=True)[:60] for row in ids[:_SHOWN]]
        shown = [text for part in processes.gather_objects(texts) for text in part][:_SHOWN]
        return f"The masked texts of the batch begin with {'; '.join(map(repr, shown))}."

    @torch.inference_mode()
    def evaluate(self, *_: Any, **__: Any) -> dict[str, float]:
        """Loss and accuracy on the held-out texts; every process must call it."""
        model: Any = self.model
        model.eval()
        sums = torch.zeros(3, dtype=torch.float64, device=self.args.device)
        batches: Any = DataLoader(
            self.held_out[processes.number() :: processes.count()],  # type: ignore[arg-type]
            batch_size=self.args.per_device_train_batch_size,
            collate_fn=self.held_out_collator,
        )
        for batch in batches:
            inputs = self._prepare_inputs(batch)
            entropy, right = model(**inputs)
            sums += torch.stack([entropy, right, (inputs["labels"] >= 0).sum()])
        model.train()
        loss, right, words = processes.total(sums).tolist()
        metrics = {"eval_loss": loss / max(words, 1), "eval_accuracy": right / max(words, 1)}
        return self.evaluated(metrics)


def _parts(inputs: dict[str, Tensor], size: int) -> Iterator[tuple[dict[str, Tensor], bool]]:
    """Parts of a batch of at most ``size`` texts (0 for all), and whether a part is the last."""
    texts = len(inputs["input_ids"])
    size = size or texts
    for low in range(0, texts, size):
        part = {name: value[low : low + size] for name, value in inputs.items()}
        yield part, low + size >= texts
