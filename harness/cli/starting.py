"""The encoder that a pre-training starts from; used by the training commands only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.errors import InputError

if TYPE_CHECKING:
    from encoders.model import EspladeModel


def new_encoder(
    texts: Sequence[str],
    vocab: Path | None,
    backbone: str | None,
    online: bool,
    wordpieces: int,
    whole_words: bool,
    max_length: int,
    seed: int,
    size: Mapping[str, Any],
) -> EspladeModel:
    """A fresh BERT with a tokenizer trained on the texts, or a given backbone.

    With "pieces" for a vocabulary, U is made of the tokenizer's pieces (plain SPLADE).

    Raises:
        InputError: there is no vocabulary.
    """
    from encoders.checkpoints import load_tokenizer
    from encoders.fresh import BackboneSize, encoder_from_backbone, fresh_encoder
    from encoders.given_words import piece_vocabulary
    from encoders.tokenizer import train_wordpiece
    from encoders.vocabulary import Vocabulary

    if vocab is None:
        raise InputError(
            "A new encoder needs its output terms: give --vocab FILE (from esplade vocab) or "
            "--vocab pieces, or go on from an encoder with --from."
        )
    words = None if str(vocab) == "pieces" else Vocabulary.load(vocab)
    if backbone is not None:
        if words is None:
            words = piece_vocabulary(load_tokenizer(backbone))
        return encoder_from_backbone(backbone, words, seed=seed, offline=not online)
    positions = max(128, max_length)
    whole = words.words if words is not None and whole_words else ()
    tokenizer = train_wordpiece(texts, wordpieces, max_length=positions, whole=whole)
    chosen = piece_vocabulary(tokenizer) if words is None else words
    return fresh_encoder(BackboneSize(max_length=positions, **size), tokenizer, chosen, seed)


def encoder_to_go_on_from(start: Path, vocab: Path | None, backbone: str | None) -> EspladeModel:
    """The encoder at ``start``, for more EMLM on other text.

    Raises:
        InputError: options were given that only a new encoder has.
    """
    from encoders.checkpoints import load_encoder

    if vocab is not None or backbone is not None:
        raise InputError(
            "--from takes tokenizer, output vocabulary and weights of an encoder: leave --vocab "
            "and --backbone out."
        )
    return load_encoder(start)
