"""An Expanded-SPLADE encoder of esplade's as a module of sentence-transformers.

This file travels with an exported encoder (``esplade export-encoder``), so that
sentence-transformers loads it without esplade: ``SparseEncoder(folder, trust_remote_code=True)``.
It computes ``w_v = log1p(relu(max over real tokens of z . E_v + b_v))`` for the words v of an
output vocabulary of its own (the logarithm twice, where its configuration says so), and keeps the
model's own largest weights.
"""

from __future__ import annotations

import json
import os
import unicodedata
from pathlib import Path
from typing import Any

import regex  # type: ignore[import-untyped]
import torch
from safetensors.torch import load_file, save_file
from sentence_transformers.sparse_encoder.modules import InputModule
from torch import Tensor, nn
from torch.nn.functional import softplus
from transformers import AutoConfig, AutoModel, AutoTokenizer
from transformers.activations import ACT2FN

CONFIG = "config.json"
WEIGHTS = "model.safetensors"
VOCABULARY = "output_vocabulary.txt"
CHUNK_ELEMENTS = 1 << 22
"""Logits held at a time."""

_BOUNDARY = regex.compile(r"(?wV1)\b")


class Head(nn.Module):
    """z = LayerNorm(activation(W h + c)), and the output embedding E with its bias b."""

    def __init__(self, hidden: int, config: dict[str, Any]) -> None:
        super().__init__()
        size = config.get("head_size") or hidden
        self.activation = ACT2FN[config.get("head_activation", "gelu")]
        self.dense = nn.Linear(hidden, size)
        self.norm = nn.LayerNorm(size, eps=config.get("head_norm_eps", 1e-12))
        self.weight = nn.Parameter(torch.zeros(config["output_size"], size))
        self.bias = nn.Parameter(torch.zeros(config["output_size"]))

    def forward(self, states: Tensor, real: Tensor) -> Tensor:
        """Max-pooled logits (B, |U|) of hidden states (B, L, H) at real positions (B, L)."""
        z = self.norm(self.activation(self.dense(states)))
        hidden = ~real[:, :, None]
        width = max(1, CHUNK_ELEMENTS // max(1, real.numel()))
        parts = []
        for low in range(0, len(self.bias), width):
            logits = z @ self.weight[low : low + width].T
            best = logits.masked_fill(hidden, float("-inf")).amax(dim=1)
            parts.append(best + self.bias[low : low + width])
        return torch.cat(parts, dim=1)


class Side(nn.Module):
    """A backbone under a head."""

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__()
        kind = backbone_config(config)
        build: Any = AutoModel.from_config
        try:
            self.backbone = build(kind, add_pooling_layer=False)
        except TypeError:  # architectures without a pooling layer do not know the option
            self.backbone = build(kind)
        self.head = Head(kind.hidden_size, config)

    def forward(self, ids: Tensor, mask: Tensor, special: Tensor) -> Tensor:
        """Max-pooled logits (B, |U|) of padded token ids (B, L)."""
        states = self.backbone(input_ids=ids, attention_mask=mask).last_hidden_state
        pooled: Tensor = self.head(states, mask.bool() & ~torch.isin(ids, special))
        return pooled


class TermWeights(nn.Module):
    """Inference-free queries: a weight for each term of U."""

    def __init__(self, size: int, log: bool) -> None:
        super().__init__()
        self.raw = nn.Parameter(torch.zeros(size))
        self.log = log

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Weights (B, |U|) of padded ids of terms (B, n)."""
        present = mask.new_zeros(len(ids), len(self.raw)).scatter_(1, ids, mask)
        weights = softplus(self.raw)
        weighted: Tensor = (torch.log1p(weights) if self.log else weights) * present
        return weighted


class EspladeEncoder(InputModule):  # type: ignore[misc]
    """Texts to weights over the output vocabulary; queries and documents have their own limits.

    Args:
        config: what config.json holds.
        tokenizer: the input tokenizer.
        terms: the output vocabulary, in the order of its ids.
    """

    save_in_root = True
    forward_kwargs = {"task"}

    def __init__(self, config: dict[str, Any], tokenizer: Any, terms: list[str]) -> None:
        super().__init__()
        self.settings, self.terms, self.tokenizer = config, terms, tokenizer
        self.ids = {term: i for i, term in enumerate(terms)}
        # SparseEncoder.decode asks the tokenizer for the names of output dimensions.
        self.tokenizer.convert_ids_to_tokens = lambda ids, **_: [terms[i] for i in ids]
        documents = Side(config)
        self.backbone, self.head = documents.backbone, documents.head
        queries = config.get("query_encoder", "shared")
        self.query_model = Side(config) if queries == "separate" else None
        free = queries.startswith("inference-free")
        log = queries.endswith("-log")
        self.term_weights = TermWeights(len(terms), log) if free else None

    @property
    def max_seq_length(self) -> int:
        """The longest document in tokens."""
        return int(self.settings["doc_max_length"])

    @max_seq_length.setter
    def max_seq_length(self, value: int) -> None:
        self.settings["doc_max_length"] = self.settings["query_max_length"] = value

    def get_embedding_dimension(self) -> int:
        """|U|."""
        return len(self.terms)

    def preprocess(
        self, inputs: Any, prompt: str | None = None, task: str | None = None, **_: Any
    ) -> dict[str, Any]:
        """Token ids (of an inference-free query: ids of terms) and attention mask."""
        # No tokenizer takes halves of characters.
        given = [f"{prompt or ''}{text}" for text in inputs]
        texts = [text.encode("utf-8", "replace").decode() for text in given]
        length = int(self.settings["query_max_length" if task == "query" else "doc_max_length"])
        if task == "query" and self.term_weights is not None:
            return self._terms(texts, length)
        found = self.tokenizer(
            texts, padding=True, truncation=True, max_length=length, return_tensors="pt"
        )
        return {"input_ids": found["input_ids"], "attention_mask": found["attention_mask"]}

    def forward(
        self, features: dict[str, Any], task: str | None = None, **_: Any
    ) -> dict[str, Any]:
        """Set ``sentence_embedding``, (B, |U|), non-negative."""
        ids, mask = features["input_ids"], features["attention_mask"]
        query = task == "query"
        if query and self.term_weights is not None:
            pooled = self.term_weights(ids, mask)
            weights = pooled
        else:
            special = torch.tensor(self.settings["special_token_ids"], device=ids.device)
            side = self.query_model if query and self.query_model is not None else self
            pooled = Side.forward(side, ids, mask, special)
            weights = torch.log1p(torch.relu(pooled))
            if self.settings.get("weight_activation") == "log1p_relu":
                weights = torch.log1p(weights)
        limit = int(self.settings["query_top_k" if query else "doc_top_k"])
        features["sentence_embedding"] = weights * largest(pooled.detach(), limit)
        return features

    def save(self, output_path: str, *args: Any, **kwargs: Any) -> None:
        """Write configuration, weights, tokenizer and vocabulary, as esplade itself does."""
        folder = Path(output_path)
        text = json.dumps(self.settings, indent=2, sort_keys=True)
        (folder / CONFIG).write_text(text + "\n", encoding="utf-8")
        state = {k: v.detach().cpu().contiguous() for k, v in self.state_dict().items()}
        save_file(state, str(folder / WEIGHTS), metadata={"format": "pt"})
        self.tokenizer.save_pretrained(str(folder))
        terms = "".join(f"{term}\n" for term in self.terms)
        (folder / VOCABULARY).write_text(terms, encoding="utf-8", newline="\n")

    @classmethod
    def load(cls, model_name_or_path: str, subfolder: str = "", **kwargs: Any) -> EspladeEncoder:
        """Read an exported folder, or one of the hub."""
        options = ("token", "cache_folder", "revision", "local_files_only")
        given = {name: kwargs[name] for name in options if name in kwargs}
        local = cls.load_dir_path(model_name_or_path, subfolder=subfolder, **given)
        folder = Path(os.fspath(local or model_name_or_path))
        config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        terms = (folder / VOCABULARY).read_text(encoding="utf-8").removesuffix("\n").split("\n")
        # Given a configuration, transformers does not look for a model type that it does not know.
        tokenizer = AutoTokenizer.from_pretrained(
            str(folder), config=backbone_config(config), local_files_only=True
        )
        module = cls(config, tokenizer, terms)
        state = load_file(str(folder / WEIGHTS))
        module.load_state_dict({name: value.float() for name, value in state.items()})
        module.eval()
        return module

    def _terms(self, texts: list[str], most: int) -> dict[str, Any]:
        found = [self._first(text, most) for text in texts]
        width = max(1, *map(len, found))
        ids = torch.tensor([row + [0] * (width - len(row)) for row in found])
        lengths = torch.tensor([[len(row)] for row in found])
        return {"input_ids": ids, "attention_mask": (torch.arange(width) < lengths).long()}

    def _first(self, text: str, most: int) -> list[int]:
        """Ids of the text's first words (UAX #29, NFKC, lower case) in U, or of its pieces."""
        if self.tokenizer.cls_token in self.ids:
            options = {"add_special_tokens": False, "truncation": True, "max_length": most}
            return list(dict.fromkeys(self.tokenizer(text, **options)["input_ids"]))
        form = unicodedata.normalize("NFKC", text)
        ends = [match.start() for match in _BOUNDARY.finditer(form)]
        bounds = zip([0, *ends], [*ends, len(form)], strict=True)
        known = [form[a:b].lower() for a, b in bounds]
        return list(dict.fromkeys(self.ids[word] for word in known if word in self.ids))[:most]


def backbone_config(config: dict[str, Any]) -> Any:
    """The configuration of the transformer."""
    settings = dict(config["backbone_config"])
    return AutoConfig.for_model(settings.pop("model_type"), **settings)


def largest(pooled: Tensor, k: int) -> Tensor:
    """Mask of the k largest entries of each row (all when k is 0), ties to the smallest id."""
    if not k or k >= pooled.shape[1]:
        return torch.ones_like(pooled, dtype=torch.bool)
    least = pooled.topk(k, dim=1).values[:, -1:]
    above, equal = pooled > least, pooled == least
    room = k - above.sum(dim=1, keepdim=True)
    return above | (equal & (equal.cumsum(dim=1) <= room))
