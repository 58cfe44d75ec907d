"""New encoders: a fresh BERT of a given size, or a Hugging Face encoder under a new head."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from transformers import AutoConfig, AutoModel, AutoTokenizer, BertConfig, PreTrainedTokenizerBase
from transformers import set_seed as set_all_seeds

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
    model = EspladeModel(_config(backbone, tokenizer, vocabulary))
    nn.init.eye_(model.head.dense.weight)
    return _with_pooled_rows(attach(model, tokenizer, vocabulary))


def encoder_from_backbone(
    name_or_path: str, vocabulary: Vocabulary, *, seed: int = 42, offline: bool = True
) -> EspladeModel:
    """A pre-trained Hugging Face encoder under a new expanded head (pooling start).

    Args:
        name_or_path: a folder, or an id of the hub.
        vocabulary: U.
        seed: decides the head's transform.
        offline: never reach for the network.

    Raises:
        InputError: it cannot be loaded, or its tokenizer gives no offsets.
    """
    set_all_seeds(seed)
    try:
        # Otherwise transformers asks at the terminal whether code of the model may be run.
        safe: Any = {"local_files_only": offline, "trust_remote_code": False}
        tokenizer = AutoTokenizer.from_pretrained(name_or_path, **safe)
        config = AutoConfig.from_pretrained(name_or_path, **safe)
        weights: Any = AutoModel.from_pretrained(name_or_path, **safe)
    except (OSError, ValueError) as error:
        raise InputError(
            f"The backbone {name_or_path!r} cannot be loaded ({error}). Give a folder that holds a "
            f"Hugging Face encoder and its tokenizer, or the id of one that can be downloaded."
        ) from error
    if not tokenizer.is_fast:
        raise InputError(
            f"The tokenizer of {name_or_path!r} gives no character offsets, which whole-word "
            f"masking needs. Use a model with a tokenizer.json."
        )
    model = EspladeModel(_config(config, tokenizer, vocabulary))
    model.backbone.load_state_dict(weights.float().state_dict(), strict=False)
    return _with_pooled_rows(attach(model, tokenizer, vocabulary))


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
    counts = torch.tensor([len(part) for part in pieces])
    flat = torch.tensor([piece for part in pieces for piece in part], dtype=torch.long)
    owner = torch.repeat_interleave(torch.arange(len(pieces)), counts)
    rows = embedding.new_zeros(len(pieces), embedding.shape[1])
    rows.index_add_(0, owner, embedding[flat])
    return rows / counts.clamp(min=1)[:, None]


@torch.no_grad()
def _with_pooled_rows(model: EspladeModel) -> EspladeModel:
    assert model.tokenizer is not None and model.vocabulary is not None
    embedding = model.backbone.get_input_embeddings().weight
    model.head.weight.copy_(pool_rows(embedding, model.tokenizer, model.vocabulary))
    return model


def _config(
    backbone: Any, tokenizer: PreTrainedTokenizerBase, vocabulary: Vocabulary
) -> EspladeConfig:
    special = sorted(set(tokenizer.all_special_ids) - {tokenizer.unk_token_id})
    return EspladeConfig(
        backbone_config=backbone, output_size=len(vocabulary), special_token_ids=special
    )
