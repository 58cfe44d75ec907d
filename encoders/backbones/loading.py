"""A pre-trained Hugging Face encoder under a new expanded head."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn
from transformers import (
    AutoConfig,
    AutoModel,
    AutoModelForMaskedLM,
    AutoTokenizer,
    PreTrainedTokenizerBase,
)
from transformers import set_seed as set_all_seeds
from transformers.activations import ACT2FN

from encoders.backbones.surgery import Changes, change_pieces, cut_layers
from encoders.checkpoints.foreign import HeadParts, head_parts
from encoders.checkpoints.loading import quiet
from encoders.model.fresh import new_config, pool_rows, with_pooled_rows
from encoders.model.model import EspladeModel
from encoders.model.text import attach
from encoders.vocabulary.given_words import piece_vocabulary
from encoders.vocabulary.vocabulary import Vocabulary
from ground.errors import InputError


@dataclass(frozen=True)
class _Loaded:
    """What a folder holds: a backbone, its tokenizer, and the head that it was trained with."""

    backbone: Any
    tokenizer: PreTrainedTokenizerBase
    head: HeadParts | None


def encoder_from_backbone(
    name_or_path: str,
    vocabulary: Vocabulary | None,
    changes: Changes | None = None,
    texts: Iterable[str] = (),
    *,
    seed: int = 42,
    offline: bool = True,
) -> EspladeModel:
    """A pre-trained Hugging Face encoder under a new expanded head (pooling start).

    Where the backbone has a masked-LM head of the kind of ours, its transform is taken and the
    rows and biases of U are the means of its decoder's over each word's pieces. Elsewhere the
    transform starts as the identity, and the rows as means of the input embeddings.

    Args:
        name_or_path: a folder, or an id of the hub.
        vocabulary: U; None for the pieces of the tokenizer.
        changes: to make before.
        texts: decide which pieces are kept, where some are dropped.
        seed: decides what is drawn.
        offline: never reach for the network.

    Raises:
        InputError: it cannot be loaded, its tokenizer gives no offsets, or a change has no place.
    """
    set_all_seeds(seed)
    found, wanted = _load(name_or_path, offline), changes or Changes()
    tokenizer = found.tokenizer
    if wanted.layers:
        cut_layers(found.backbone, wanted.layers)
    if wanted.whole_words or wanted.keep_pieces:
        words = () if vocabulary is None else vocabulary.words
        tokenizer = change_pieces(found.backbone, tokenizer, wanted, words, texts)
    chosen = piece_vocabulary(tokenizer) if vocabulary is None else vocabulary
    config = new_config(found.backbone.config, tokenizer, chosen)
    config.tied_rows = wanted.tied
    if found.head is not None:
        config.head_norm_eps = found.head.norm.eps
        config.head_activation = getattr(found.backbone.config, "hidden_act", "gelu")
    model = EspladeModel(config)
    _fill(model, found.backbone, name_or_path)
    attach(model, tokenizer, chosen)
    if found.head is not None:
        # By the tokenizer that the decoder's rows are numbered by.
        rows = _decoder_rows(found.head, found.tokenizer, chosen)
        return _with_head(model, found.head, *rows)
    nn.init.eye_(model.head.dense.weight)
    return with_pooled_rows(model)


def _load(name_or_path: str, offline: bool) -> _Loaded:
    try:
        # Otherwise transformers asks at the terminal whether code of the model may be run.
        safe: dict[str, Any] = {"local_files_only": offline, "trust_remote_code": False}
        tokenizer = AutoTokenizer.from_pretrained(name_or_path, **safe)
        config = AutoConfig.from_pretrained(name_or_path, **safe)
        with quiet():
            backbone, head = _weights(name_or_path, config, safe)
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
    return _Loaded(backbone, tokenizer, head)


def _weights(name_or_path: str, config: Any, safe: dict[str, Any]) -> tuple[Any, HeadParts | None]:
    """The backbone, and its masked-LM head where all of that is there and of the kind of ours."""
    if any(str(name).endswith("ForMaskedLM") for name in config.architectures or ()):
        masked_lm, facts = AutoModelForMaskedLM.from_pretrained(
            name_or_path, output_loading_info=True, **safe
        )
        if not facts["missing_keys"]:
            masked_lm.float()
            return masked_lm.base_model, _head(masked_lm, Path(name_or_path))
    backbone: Any
    backbone, facts = AutoModel.from_pretrained(name_or_path, output_loading_info=True, **safe)
    # A pooling layer is made anew where there is none, and left out here.
    if missing := sorted(key for key in facts["missing_keys"] if not key.startswith("pooler.")):
        raise InputError(
            f"The weights of the backbone {name_or_path!r} lack {len(missing)} of those that its "
            f"configuration describes ({missing[0]}, ...). Copy it again."
        )
    return backbone.float(), None


def _head(masked_lm: Any, folder: Path) -> HeadParts | None:
    """A masked LM's head where it is of the kind and the width of ours."""
    try:
        parts = head_parts(masked_lm, folder)
    except InputError:
        return None
    known = getattr(masked_lm.config, "hidden_act", "gelu") in ACT2FN
    return parts if known and parts.dense.out_features == parts.dense.in_features else None


@torch.no_grad()
def _decoder_rows(
    head: HeadParts, tokenizer: PreTrainedTokenizerBase, vocabulary: Vocabulary
) -> tuple[torch.Tensor, torch.Tensor]:
    """Rows (|U|, H) and biases (|U|,) of U: means of the decoder's over each word's pieces."""
    biases = head.decoder.bias
    if biases is None:
        biases = head.decoder.weight.new_zeros(head.decoder.out_features)
    both = torch.cat([head.decoder.weight, biases[:, None]], dim=1)
    pooled = pool_rows(both, tokenizer, vocabulary)
    return pooled[:, :-1], pooled[:, -1]


@torch.no_grad()
def _with_head(
    model: EspladeModel, parts: HeadParts, rows: torch.Tensor, biases: torch.Tensor
) -> EspladeModel:
    """Start from a masked LM's transform and from given rows."""
    head = model.head
    _copy(head.dense, parts.dense)
    _copy(head.norm, parts.norm)
    head.bias.copy_(biases)
    with_pooled_rows(model)
    if not model.config.tied_rows:
        head.weight.copy_(rows)
    return model


def _copy(ours: nn.Linear | nn.LayerNorm, theirs: nn.Linear | nn.LayerNorm) -> None:
    ours.weight.copy_(theirs.weight)
    if theirs.bias is None:
        ours.bias.zero_()
    else:
        ours.bias.copy_(theirs.bias)


def _fill(model: EspladeModel, backbone: Any, name: str) -> None:
    """Take the backbone's weights, all that ours has; a pooling layer of theirs is left out."""
    left = model.backbone.load_state_dict(backbone.state_dict(), strict=False)
    if left.missing_keys:
        raise InputError(f"The backbone {name!r} has no {', '.join(left.missing_keys)}.")
