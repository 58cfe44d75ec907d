"""A pre-trained backbone made to fit: fewer layers, other pieces, whole words as pieces.

Small encoders for words of one field: the first layers of a backbone carry most of what short
texts need, most of its pieces never occur in them, and the words that matter are cut to bits.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from tokenizers import Tokenizer
from torch import nn
from transformers import PreTrainedTokenizerBase, PreTrainedTokenizerFast

from encoders.model.fresh import mean_rows
from encoders.model.layers import layer_stack
from encoders.vocabulary.tokenizer import whole_word_pipeline
from ground.errors import InputError
from ground.halves import mended


@dataclass(frozen=True)
class Changes:
    """What is changed of a backbone before it is trained.

    Attributes:
        layers: keep the first so many; 0 for all.
        whole_words: words of U that are no piece yet become pieces.
        keep_pieces: keep so many of the tokenizer's own pieces, those that the texts use most,
            and all that are single characters; 0 for all.
        tied: the rows of E are the input rows of the words of U, which must be pieces.
    """

    layers: int = 0
    whole_words: bool = False
    keep_pieces: int = 0
    tied: bool = False


def cut_layers(backbone: Any, layers: int) -> None:
    """Keep the first layers of a Hugging Face encoder, in place.

    Raises:
        InputError: it has fewer, or its layers cannot be told.
    """
    config = backbone.config
    total = int(config.num_hidden_layers)
    if layers > total:
        raise InputError(
            f"--layers {layers}: the backbone has {total} layers. Give {total} or less."
        )
    del layer_stack(backbone, "--layers")[layers:]
    config.num_hidden_layers = layers
    if isinstance(getattr(config, "layer_types", None), list):
        config.layer_types = config.layer_types[:layers]


def change_pieces(
    backbone: Any,
    tokenizer: PreTrainedTokenizerBase,
    changes: Changes,
    words: Sequence[str],
    texts: Iterable[str],
) -> PreTrainedTokenizerBase:
    """Give a backbone other pieces, in place, and return the tokenizer that goes with them.

    The input row of a word that becomes a piece is the mean of the rows of its old pieces, scaled
    to the mean norm of the old rows (a mean of several is short). With whole words, text is split
    as U is counted: NFKC, lower case, accents kept, words not cut at an underscore.

    Args:
        backbone: a Hugging Face encoder with WordPiece input.
        tokenizer: its own.
        changes: which.
        words: U.
        texts: decide which pieces are used most.

    Raises:
        InputError: the tokenizer is no WordPiece.
    """
    state = json.loads(tokenizer.backend_tokenizer.to_str())
    if state["model"].get("type") != "WordPiece":
        raise InputError(
            f"--whole-words and --keep-pieces change a WordPiece tokenizer, and the backbone's is "
            f"{state['model'].get('type') or 'none'}. Leave them out."
        )
    old: dict[str, int] = state["model"]["vocab"]
    new_words = [word for word in words if word not in old] if changes.whole_words else []
    kept = sorted(old, key=old.__getitem__)
    grown = _tokenizer(tokenizer, state, [*kept, *new_words], changes.whole_words)
    if changes.keep_pieces:
        used = _most_used(grown, tokenizer, old, texts, changes.keep_pieces)
        wanted = used | ({*words} if changes.whole_words else set())
        kept = [piece for piece in kept if piece in wanted]
        grown = _tokenizer(tokenizer, state, [*kept, *new_words], changes.whole_words)
    _set_rows(backbone, tokenizer, [old[piece] for piece in kept], new_words)
    backbone.config.pad_token_id = grown.pad_token_id
    return grown


def _tokenizer(
    tokenizer: PreTrainedTokenizerBase, state: dict[str, Any], pieces: Sequence[str], whole: bool
) -> PreTrainedTokenizerBase:
    """The tokenizer with other pieces, numbered in their order."""
    numbers = {piece: number for number, piece in enumerate(pieces)}
    changed = json.loads(json.dumps(state))
    changed["model"]["vocab"] = numbers
    for added in changed["added_tokens"]:
        added["id"] = numbers[added["content"]]
    template = changed.get("post_processor") or {}
    for special in template.get("special_tokens", {}).values():
        special["ids"] = [numbers[token] for token in special["tokens"]]
    for end in ("sep", "cls"):
        if end in template:
            template[end][1] = numbers[template[end][0]]
    made = Tokenizer.from_str(json.dumps(changed))
    if whole:
        made.normalizer, made.pre_tokenizer = whole_word_pipeline()
    special_names = {
        name: getattr(tokenizer, name)
        for name in ("pad_token", "unk_token", "cls_token", "sep_token", "mask_token")
        if getattr(tokenizer, name, None) is not None
    }
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=made, model_max_length=tokenizer.model_max_length, **special_names
    )


def _most_used(
    grown: PreTrainedTokenizerBase,
    tokenizer: PreTrainedTokenizerBase,
    old: dict[str, int],
    texts: Iterable[str],
    most: int,
) -> set[str]:
    """Special tokens, single characters, and the pieces that texts use most, ties by number."""
    counts: Counter[int] = Counter()
    backend = grown.backend_tokenizer
    backend.no_truncation()
    backend.no_padding()
    for text in texts:
        counts.update(backend.encode(mended(text), add_special_tokens=False).ids)
    always = {*tokenizer.all_special_tokens}
    always |= {piece for piece in old if len(piece.removeprefix("##")) == 1}
    rest = sorted((piece for piece in old if piece not in always), key=_by_use(counts, old))
    return always | set(rest[: max(0, most - len(always))])


def _by_use(counts: Counter[int], old: dict[str, int]) -> Any:
    # The old pieces have their old numbers in the grown tokenizer.
    return lambda piece: (-counts[old[piece]], old[piece])


@torch.no_grad()
def _set_rows(
    backbone: Any, tokenizer: PreTrainedTokenizerBase, kept: Sequence[int], words: Sequence[str]
) -> None:
    """Input rows of the kept pieces, then of the words."""
    before = backbone.get_input_embeddings().weight
    rows = [before[list(kept)]]
    if words:
        means = mean_rows(before, tokenizer(list(words), add_special_tokens=False)["input_ids"])
        norms = means.norm(dim=1, keepdim=True).clamp(min=1e-12)
        rows.append(means / norms * before.norm(dim=1).mean())
    table = torch.cat(rows)
    embedding = nn.Embedding(*table.shape)
    embedding.weight.copy_(table)
    backbone.set_input_embeddings(embedding)
    backbone.config.vocab_size = len(table)
