"""Masked-LM encoders of other makers (plain SPLADE) as models of ours: the same function.

A Hugging Face masked LM of the BERT kind is a backbone, a dense layer, an activation, a layer norm
and a decoder over the tokenizer's pieces, which is `encoders.model.model.ExpandedHead` with
U = pieces. The parts are found by what they are, not by the names that each architecture gives
them, and the result is held against the original on a probe before it is trusted.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from transformers import AutoModelForMaskedLM, PreTrainedTokenizerBase

from encoders.checkpoints.code import check_no_code
from encoders.checkpoints.weights import checked_weights
from encoders.model.model import EspladeConfig, EspladeModel
from encoders.vocabulary.given_words import piece_vocabulary
from ground.errors import InputError

TOLERANCE = 1e-4
"""Largest difference of a logit on the probe, relative to the largest logit where that is > 1."""
LONGEST = 1 << 20
"""Tokens of a text where nothing sets a limit."""
_PROBE_TOKENS = 24


@dataclass(frozen=True)
class HeadParts:
    """The parts of a masked LM outside of its backbone."""

    dense: nn.Linear
    norm: nn.LayerNorm
    decoder: nn.Linear


def from_masked_lm(folder: Path, tokenizer: PreTrainedTokenizerBase, **limits: Any) -> EspladeModel:
    """Read a folder of Hugging Face's as a model of ours.

    All positions count in the maximum, those of [CLS] and [SEP] included, as they do wherever
    such models are trained and used: ``special_token_ids`` is empty.

    Args:
        folder: what `AutoModelForMaskedLM` reads: config.json and weights, with a head.
        tokenizer: its tokenizer.
        limits: entries of `EspladeConfig` to set.

    Returns:
        The model on the CPU in float32, in evaluation mode, with tokenizer and vocabulary.

    Raises:
        InputError: no masked LM, no head in the weights, or a head of another kind; weights that
            are no plain tensors, or code that would have to be run.
    """
    masked_lm = _load(folder)
    backbone, parts = masked_lm.base_model, head_parts(masked_lm, folder)
    longest = longest_input(masked_lm, tokenizer)
    settings = {"query_max_length": longest, "doc_max_length": longest, **limits}
    config = EspladeConfig(
        backbone_config=masked_lm.config,
        output_size=parts.decoder.out_features,
        special_token_ids=[],
        head_size=parts.dense.out_features,
        head_norm_eps=parts.norm.eps,
        **settings,
    )
    model: Any = EspladeModel(config)
    model.float().eval()
    _fill(model, backbone, parts, folder)
    _choose_activation(model, masked_lm, folder)
    model.tokenizer = tokenizer
    model.vocabulary = piece_vocabulary(tokenizer, config.output_size)
    if len(model.vocabulary) != config.output_size:
        raise InputError(
            f"The tokenizer in {folder} has {len(model.vocabulary)} pieces, but the model has only "
            f"{config.output_size} output terms. Put the tokenizer it was trained with back."
        )
    encoder: EspladeModel = model
    return encoder


def head_parts(masked_lm: Any, folder: Path) -> HeadParts:
    """Find dense layer, layer norm and decoder of a masked LM.

    Raises:
        InputError: there is more, or less, than these.
    """
    decoder = masked_lm.get_output_embeddings()
    inside = set(masked_lm.base_model.modules())
    outside = [m for m in masked_lm.modules() if m not in inside and m is not decoder]
    dense = [m for m in outside if isinstance(m, nn.Linear)]
    norms = [m for m in outside if isinstance(m, nn.LayerNorm)]
    if not isinstance(decoder, nn.Linear) or len(dense) != 1 or len(norms) != 1:
        raise _unlike(folder, masked_lm)
    return HeadParts(dense[0], norms[0], decoder)


def longest_input(masked_lm: Any, tokenizer: PreTrainedTokenizerBase) -> int:
    """The longest input in tokens: what the tokenizer says, and at most the positions there are."""
    limits = [int(tokenizer.model_max_length)]
    positions = int(getattr(masked_lm.config, "max_position_embeddings", None) or -1)
    if positions > 0:
        limits.append(positions)
    for name, module in masked_lm.base_model.named_modules():
        # RoBERTa counts positions from behind the padding id.
        if name.endswith("position_embeddings") and isinstance(module, nn.Embedding):
            reserved = 0 if module.padding_idx is None else module.padding_idx + 1
            limits.append(module.num_embeddings - reserved)
    return min(min(limits), LONGEST)


def _load(folder: Path) -> Any:
    check_no_code(folder)
    files = checked_weights(folder)
    try:
        masked_lm, facts = AutoModelForMaskedLM.from_pretrained(
            str(folder),
            local_files_only=True,
            output_loading_info=True,
            trust_remote_code=False,
            use_safetensors=files[0].suffix != ".bin",
            weights_only=True,
        )
    except Exception as error:  # the libraries raise many kinds for a damaged folder
        raise InputError(
            f"{folder} cannot be loaded as a masked language model ({type(error).__name__}: "
            f"{error}). Give the folder of an encoder of esplade's, of a Hugging Face masked LM, "
            f"or of a sentence-transformers SparseEncoder."
        ) from error
    if missing := sorted(facts["missing_keys"]):
        raise InputError(
            f"The weights in {folder} lack {len(missing)} of the masked LM's ({missing[0]}, ...), "
            f"so it has no head that scores terms. Give a model that was saved with its masked-LM "
            f"head, or use it as the --backbone of a pre-training."
        )
    return masked_lm.float().eval()


@torch.no_grad()
def _fill(model: EspladeModel, backbone: Any, parts: HeadParts, folder: Path) -> None:
    try:
        model.backbone.load_state_dict(
            {k: v for k, v in backbone.state_dict().items() if not k.startswith("pooler.")}
        )
    except RuntimeError as error:
        raise InputError(
            f"The backbone of {folder} is not the one that its configuration describes ({error})."
        ) from None
    for ours, theirs in _pairs(model, parts):
        if theirs is None:  # a layer without a bias
            ours.zero_()
        else:
            ours.copy_(theirs)


def _pairs(model: EspladeModel, parts: HeadParts) -> list[tuple[Tensor, Tensor | None]]:
    """Our head's tensors with the masked LM's."""
    head = model.head
    return [
        (head.dense.weight, parts.dense.weight),
        (head.dense.bias, parts.dense.bias),
        (head.norm.weight, parts.norm.weight),
        (head.norm.bias, parts.norm.bias),
        (head.weight, parts.decoder.weight),
        (head.bias, parts.decoder.bias),
    ]


@torch.no_grad()
def to_masked_lm(model: EspladeModel) -> Any:
    """The masked LM of Hugging Face's that computes what a model with pieces as U does.

    Its output rows are not tied to its input embeddings: training pulls them apart.

    Returns:
        The masked LM; None where the architecture has none, or one with another kind of head.
    """
    config = copy.deepcopy(model.config.backbone_config)
    config.tie_word_embeddings = False
    try:
        masked_lm: Any = AutoModelForMaskedLM.from_config(config)  # type: ignore[no-untyped-call]
        parts = head_parts(masked_lm, Path(type(masked_lm).__name__))
        masked_lm.base_model.load_state_dict(model.backbone.state_dict(), strict=False)
    except (ValueError, RuntimeError):
        return None
    for ours, theirs in _pairs(model, parts):
        if theirs is not None:
            theirs.copy_(ours)
    masked_lm.eval()
    return masked_lm if _same(model, masked_lm) else None


@torch.no_grad()
def _choose_activation(model: EspladeModel, masked_lm: Any, folder: Path) -> None:
    """Find the activation under which our logits are the original's, on random tokens."""
    names = ("hidden_act", "activation", "classifier_activation")
    told = [name for key in names if isinstance(name := getattr(masked_lm.config, key, None), str)]
    for name in dict.fromkeys([*told, "gelu"]):
        model.head.activation = name
        if _same(model, masked_lm):
            model.config.head_activation = name
            return
    raise _unlike(folder, masked_lm)


@torch.no_grad()
def _same(model: EspladeModel, masked_lm: Any) -> bool:
    """Whether our logits are the masked LM's, on random tokens."""
    generator = torch.Generator().manual_seed(0)
    ids = torch.randint(masked_lm.config.vocab_size, (2, _PROBE_TOKENS), generator=generator)
    mask = torch.ones_like(ids)
    was_training = model.training
    model.train(False)
    wanted: Tensor = masked_lm(input_ids=ids, attention_mask=mask).logits
    got = model.head(model.states(ids, mask))
    model.train(was_training)
    if got.shape != wanted.shape:
        return False
    scale = max(1.0, float(wanted.abs().max()))
    return float((got - wanted).abs().max()) <= TOLERANCE * scale


def _unlike(folder: Path, masked_lm: Any) -> InputError:
    return InputError(
        f"The head of {type(masked_lm).__name__} in {folder} is not a dense layer, an activation, "
        f"a layer norm and a decoder, so esplade would compute something else. Heads of the kind "
        f"of BERT, DistilBERT, RoBERTa, ELECTRA, ALBERT, MPNet and ModernBERT can be read."
    )
