"""How long a step of a training takes on this machine, measured on invented numbers."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy
from transformers import BertConfig

from encoders.finetuning.biencoder import BiEncoder
from encoders.model.fresh import BackboneSize
from encoders.model.model import EspladeConfig, EspladeModel
from encoders.training.settings import FinetuneSettings, PretrainSettings

_STEPS = 3
"""Steps that are timed, after one that is not."""


def invented_model(size: BackboneSize, words: int, pieces: int) -> EspladeModel:
    """A model of a size with random weights, without words or tokenizer."""
    backbone = BertConfig(
        vocab_size=pieces,
        hidden_size=size.hidden,
        num_hidden_layers=size.layers,
        num_attention_heads=size.heads,
        intermediate_size=4 * size.hidden,
        max_position_embeddings=size.max_length,
    )
    model = EspladeModel(EspladeConfig(backbone_config=backbone, output_size=words))
    model.train()
    return model


def pretraining_step(model: EspladeModel, settings: PretrainSettings, tokens: int) -> float:
    """Seconds a step of EMLM, on texts of so many tokens."""
    ids, mask = _texts(model, settings.batch, tokens)
    chosen = torch.rand(ids.shape) < settings.mask_words
    chosen[:, 0] |= ~chosen.any(dim=1)
    labels = torch.randint(model.config.output_size, (int(chosen.sum()),))

    def loss() -> Tensor:
        found: Tensor = cross_entropy(model.word_logits(ids, mask, chosen), labels)
        return found

    return _timed(model, loss)


def finetuning_step(model: EspladeModel, settings: FinetuneSettings, tokens: int) -> float:
    """Seconds a step of fine-tuning, on queries and documents of so many tokens."""
    model.config.query_top_k, model.config.doc_top_k = settings.query_top_k, settings.doc_top_k
    queries = _texts(model, settings.batch, tokens)
    documents = _texts(model, settings.batch, tokens)
    both = BiEncoder(model, settings.micro_batch)

    def loss() -> Tensor:
        query, document = (side.vectors for side in both(*queries, *documents))
        scores = query @ document.T
        shared = (query.mean(dim=0) * document.mean(dim=0)).sum()
        found: Tensor = cross_entropy(scores, torch.arange(len(scores)))
        found = found + settings.joint_flops * shared
        return found

    return _timed(model, loss)


def _texts(model: EspladeModel, count: int, tokens: int) -> tuple[Tensor, Tensor]:
    ids = torch.randint(model.config.backbone_config.vocab_size, (count, tokens))
    return ids, torch.ones_like(ids)


def _timed(model: EspladeModel, loss: Callable[[], Tensor]) -> float:
    optimizer = torch.optim.AdamW(model.parameters())
    seconds = []
    for _ in range(1 + _STEPS):
        began = time.perf_counter()
        torch.autograd.backward(loss())
        optimizer.step()
        optimizer.zero_grad()
        if model.device.type != "cpu":
            torch.accelerator.synchronize()
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds[1:])
