"""The encoder that a pre-training starts from."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ground.errors import InputError

if TYPE_CHECKING:
    from encoders.model.model import EspladeModel
    from encoders.training.settings import PretrainSettings
    from encoders.vocabulary.vocabulary import Vocabulary as Words

PIECES = "pieces"
"""In place of a vocabulary's file: the pieces of the tokenizer are U (plain SPLADE)."""


@dataclass(frozen=True)
class Fresh:
    """A BERT made from nothing, and the tokenizer trained for it; fields are options' names.

    Args:
        layers: Transformer layers.
        hidden: their width.
        heads: attention heads a layer.
        dropout: of the backbone.
        wordpieces: pieces of the tokenizer.
        whole_words: the words of U are pieces beside those.
    """

    layers: int = 2
    hidden: int = 128
    heads: int = 2
    dropout: float = 0.1
    wordpieces: int = 8000
    whole_words: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.dropout <= 1:
            raise InputError(f"--dropout {self.dropout} is no share: give 0 to 1.")
        if self.hidden % self.heads:
            raise InputError(
                f"A hidden size of {self.hidden} cannot be shared by {self.heads} attention heads. "
                f"Give --heads a divisor of --hidden."
            )


@dataclass(frozen=True)
class Backbone:
    """A pre-trained Hugging Face encoder, and what is changed of it first.

    Args:
        name: its folder, or its id on a hub.
        layers: take the first so many; 0 for all.
        whole_words: the words of U are pieces too.
        keep_pieces: keep so many of its pieces, those that the texts use most; 0 for all.
        tied: words of U have one row for input and output, with ``whole_words``.
    """

    name: str
    layers: int = 0
    whole_words: bool = False
    keep_pieces: int = 0
    tied: bool = False

    def __post_init__(self) -> None:
        if self.tied and not self.whole_words:
            raise InputError(
                "--tied gives each word of U one row for input and output, so words must be "
                "pieces: add --whole-words."
            )


_OF_BACKBONES = {"layers", "whole_words"}
"""Fields of `Fresh` that a `Backbone` has too."""


def check_given(
    given: Collection[str], vocab: Path | None, start: Path | None, backbone: Backbone | None
) -> None:
    """Refuse options that another one leaves without any effect.

    Args:
        given: those of `Fresh`'s fields that the user named.
        vocab: see `starting_encoder`.
        start: see `starting_encoder`.
        backbone: see `starting_encoder`.

    Raises:
        InputError: an option has no place beside ``--from``, ``--backbone`` or
            ``--vocab pieces``, or there is nothing to start from.
    """
    allowed = _OF_BACKBONES if backbone is not None else set()
    named = [name for name in Fresh.__dataclass_fields__ if name in given and name not in allowed]
    shown = " and ".join(f"--{name.replace('_', '-')}" for name in named)
    if start is not None and (vocab is not None or backbone is not None):
        raise InputError(
            "--from takes tokenizer, output vocabulary and weights of an encoder: leave --vocab "
            "and --backbone out."
        )
    if start is None and vocab is None:
        raise InputError(
            "A new encoder needs its output terms: give --vocab FILE (from esplade vocab) or "
            f"--vocab {PIECES}, or go on from an encoder with --from."
        )
    if named and (start is not None or backbone is not None):
        source = "--from" if start is not None else "--backbone"
        raise InputError(
            f"{shown}: only for a fresh BERT with a tokenizer of its own; with {source} both are "
            f"given. Leave out {shown}, or {source}."
        )
    whole = "whole_words" in given or (backbone is not None and backbone.whole_words)
    if whole and str(vocab) == PIECES:
        raise InputError(
            "--whole-words makes pieces of the output vocabulary's words; with --vocab "
            f"{PIECES} there are none. Give --vocab a file of words, or leave --whole-words out."
        )


def starting_encoder(
    texts: Sequence[str],
    vocab: Path | None,
    start: Path | None,
    backbone: Backbone | None,
    online: bool,
    fresh: Fresh,
    settings: PretrainSettings,
) -> tuple[EspladeModel, Any]:
    """An earlier encoder, a given backbone, or a fresh BERT with a tokenizer trained on the texts.

    Args:
        texts: train the tokenizer of a fresh one, or decide which pieces of a backbone are kept.
        vocab: the file of U, or "pieces".
        start: an encoder to go on from, with its tokenizer and vocabulary.
        backbone: a Hugging Face encoder.
        online: it may be downloaded.
        fresh: used if neither is given.
        settings: its seed and length are the fresh encoder's.

    Returns:
        The model, and what the training's record says of where it came from.
    """
    from encoders.checkpoints.loading import fingerprint, load_encoder
    from encoders.model.fresh import BackboneSize, fresh_encoder
    from encoders.vocabulary.given_words import piece_vocabulary
    from encoders.vocabulary.tokenizer import train_wordpiece
    from encoders.vocabulary.vocabulary import Vocabulary
    from esplade.loading import locate

    if start is not None:
        begun = locate(start)
        origin = {"name": begun.name, "fingerprint": fingerprint(begun.folder), **begun.source}
        return load_encoder(begun.folder), origin
    assert vocab is not None
    words = None if str(vocab) == PIECES else Vocabulary.load(vocab)
    seed = settings.seed
    if backbone is not None:
        return _on_backbone(backbone, words, texts, seed, online)
    length = max(128, settings.max_length)
    whole = words.words if words is not None and fresh.whole_words else ()
    tokenizer = train_wordpiece(texts, fresh.wordpieces, max_length=length, whole=whole)
    size = BackboneSize(fresh.layers, fresh.hidden, fresh.heads, length, fresh.dropout)
    chosen = piece_vocabulary(tokenizer) if words is None else words
    return fresh_encoder(size, tokenizer, chosen, seed), asdict(fresh)


def _on_backbone(
    backbone: Backbone, words: Words | None, texts: Sequence[str], seed: int, online: bool
) -> tuple[EspladeModel, Any]:
    from encoders.backbones.loading import encoder_from_backbone
    from encoders.backbones.surgery import Changes
    from encoders.checkpoints.loading import fingerprint

    changes = Changes(backbone.layers, backbone.whole_words, backbone.keep_pieces, backbone.tied)
    model = encoder_from_backbone(
        backbone.name, words, changes, texts, seed=seed, offline=not online
    )
    folder = Path(backbone.name)
    if folder.is_dir():
        origin: dict[str, Any] = {"name": folder.resolve().name, "fingerprint": fingerprint(folder)}
    else:
        commit = getattr(model.config.backbone_config, "_commit_hash", None)
        origin = {"name": backbone.name, "commit": commit}
    return model, {**origin, **asdict(changes)}
