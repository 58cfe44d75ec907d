"""Tiny masked LMs of other makers' architectures, with random weights and a tokenizer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
import transformers as hf
from tiny_encoder import tiny_encoder

_COMMON = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
_BERT = {**_COMMON, "intermediate_size": 32, "max_position_embeddings": 40}

BUILDERS: dict[str, Callable[[int], Any]] = {
    "bert": lambda n: hf.BertForMaskedLM(hf.BertConfig(vocab_size=n, **_BERT)),
    "bert-relu": lambda n: hf.BertForMaskedLM(
        hf.BertConfig(vocab_size=n, hidden_act="relu", layer_norm_eps=1e-5, **_BERT)
    ),
    "distilbert": lambda n: hf.DistilBertForMaskedLM(
        hf.DistilBertConfig(
            vocab_size=n, dim=16, n_layers=1, n_heads=2, hidden_dim=32, max_position_embeddings=40
        )
    ),
    "roberta": lambda n: hf.RobertaForMaskedLM(
        hf.RobertaConfig(vocab_size=n, pad_token_id=0, **_BERT)
    ),
    "electra": lambda n: hf.ElectraForMaskedLM(
        hf.ElectraConfig(vocab_size=n, embedding_size=8, **_BERT)
    ),
    "albert": lambda n: hf.AlbertForMaskedLM(
        hf.AlbertConfig(vocab_size=n, embedding_size=8, **_BERT)
    ),
    "mpnet": lambda n: hf.MPNetForMaskedLM(hf.MPNetConfig(vocab_size=n, pad_token_id=0, **_BERT)),
    "modernbert": lambda n: hf.ModernBertForMaskedLM(
        hf.ModernBertConfig(
            vocab_size=n,
            intermediate_size=32,
            max_position_embeddings=40,
            pad_token_id=0,
            cls_token_id=2,
            sep_token_id=3,
            **_COMMON,
        )
    ),
}


def masked_lm(name: str, seed: int = 1) -> tuple[Any, Any]:
    """A masked LM with logits of both signs, and its tokenizer."""
    tokenizer = tiny_encoder().tokenizer
    assert tokenizer is not None
    torch.manual_seed(seed)
    model = BUILDERS[name](len(tokenizer)).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.3 * torch.randn(parameter.shape))
    return model, tokenizer


def save(model: Any, tokenizer: Any, folder: Path) -> Path:
    """Write them as Hugging Face does."""
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@torch.no_grad()
def splade(model: Any, tokenizer: Any, texts: list[str]) -> np.ndarray[Any, Any]:
    """The definition, by transformers alone: max over all tokens of log(1 + ReLU(logits))."""
    batch = tokenizer(
        texts, padding=True, truncation=True, return_tensors="pt", return_token_type_ids=False
    )
    weights = torch.log1p(torch.relu(model(**batch).logits))
    return (weights * batch["attention_mask"][:, :, None]).amax(dim=1).numpy()
