"""New encoders: a fresh BERT of a given size under an expanded head."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from transformers import BertConfig, PreTrainedTokenizerBase
from transformers import set_seed as set_all_seeds

from encoders.model.expanded_head import TiedHead
from encoders.model.model import EspladeConfig, EspladeModel
from encoders.model.text import attach
from encoders.vocabulary.vocabulary import Vocabulary
from ground.errors import InputError


@dataclass(frozen=True)
class BackboneSize:
    """Size of a fresh BERT; the feed-forward layers are four times as wide as ``hidden``."""

    layers: int = 2
    hidden: int = 128
    heads: int = 2
    max_length: int = 128
    dropout: float = 0.1


def fresh_encoder(
    size: BackboneSize, tokenizer: PreTrainedTokenizerBase, vocabulary: Vocabulary, seed: int = 42
) -> EspladeModel:
    """A BERT with random weights under an expanded head.

    The head's transform starts as the identity and the output rows as the mean input embedding
    of each word's pieces, so that a token scores its own word from the first step.

    Raises:
        InputError: the heads do not divide the hidden size.
    """
    if size.hidden % size.heads:
        raise InputError(
            f"A hidden size of {size.hidden} cannot be shared by {size.heads} attention heads. "
            f"Give --heads a divisor of --hidden."
        )
    set_all_seeds(seed)
    backbone = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=size.hidden,
        num_hidden_layers=size.layers,
        num_attention_heads=size.heads,
        intermediate_size=4 * size.hidden,
        max_position_embeddings=size.max_length,
        hidden_dropout_prob=size.dropout,
        attention_probs_dropout_prob=size.dropout,
        pad_token_id=tokenizer.pad_token_id,
    )
    model = EspladeModel(new_config(backbone, tokenizer, vocabulary))
    nn.init.eye_(model.head.dense.weight)
    return with_pooled_rows(attach(model, tokenizer, vocabulary))


@torch.no_grad()
def pool_rows(
    embedding: torch.Tensor, tokenizer: PreTrainedTokenizerBase, vocabulary: Vocabulary
) -> torch.Tensor:
    """Rows (|U|, H) for E: the mean of the input embeddings of each word's pieces.

    A word that is itself a piece of the tokenizer, ``##ing`` included, has that piece's embedding.
    """
    known = tokenizer.get_vocab()
    split = tokenizer(list(vocabulary.words), add_special_tokens=False)["input_ids"]
    pieces = [
        [known[word]] if word in known else part
        for word, part in zip(vocabulary.words, split, strict=True)
    ]
    return mean_rows(embedding, pieces)


def mean_rows(rows: torch.Tensor, groups: Sequence[Sequence[int]]) -> torch.Tensor:
    """Means (n, H) of the rows of each group of numbers; 0 of an empty one."""
    counts = torch.tensor([len(group) for group in groups])
    flat = torch.tensor([number for group in groups for number in group], dtype=torch.long)
    owner = torch.repeat_interleave(torch.arange(len(groups)), counts)
    sums = rows.new_zeros(len(groups), *rows.shape[1:])
    sums.index_add_(0, owner, rows[flat])
    return sums / counts.clamp(min=1).view(-1, *[1] * (rows.dim() - 1))


@torch.no_grad()
def untied(model: EspladeModel) -> EspladeModel:
    """An equal model whose head has rows of its own; the model itself where it has them."""
    if not model.config.tied_rows:
        return model
    config: Any = copy.deepcopy(model.config)
    config.tied_rows = False
    other = EspladeModel(config)
    state = dict(model.state_dict())
    for name, part in (("", model), ("query_model.", model.query_model)):
        if part is not None:
            state[f"{name}head.weight"] = part.head.weight
    state = {name: value for name, value in state.items() if not name.endswith("head.rows")}
    other.load_state_dict(state)
    assert model.tokenizer is not None and model.vocabulary is not None
    other.pooled_head = model.pooled_head
    return attach(other.train(model.training), model.tokenizer, model.vocabulary)


@torch.no_grad()
def with_pooled_rows(model: EspladeModel) -> EspladeModel:
    """Start E's rows as `pool_rows` of the input embedding; tied ones are those already."""
    assert model.tokenizer is not None and model.vocabulary is not None
    if isinstance(model.head, TiedHead):
        known = model.tokenizer.get_vocab()
        model.head.rows.copy_(torch.tensor([known[word] for word in model.vocabulary.words]))
        return model
    embedding = model.backbone.get_input_embeddings().weight
    model.head.weight.copy_(pool_rows(embedding, model.tokenizer, model.vocabulary))
    return model


def new_config(
    backbone: Any, tokenizer: PreTrainedTokenizerBase, vocabulary: Vocabulary
) -> EspladeConfig:
    """Configuration of a new encoder on a backbone of a given configuration."""
    special = sorted(set(tokenizer.all_special_ids) - {tokenizer.unk_token_id})
    return EspladeConfig(
        backbone_config=backbone, output_size=len(vocabulary), special_token_ids=special
    )
