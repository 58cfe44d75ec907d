"""What a model needs beside its weights to encode text: tokenizer and output vocabulary."""

from __future__ import annotations

from transformers import PreTrainedTokenizerBase

from encoders.model.model import EspladeModel
from encoders.vocabulary.vocabulary import Vocabulary
from ground.errors import InputError


def attach(
    model: EspladeModel, tokenizer: PreTrainedTokenizerBase, vocabulary: Vocabulary
) -> EspladeModel:
    """Give a model its tokenizer and vocabulary, so that it encodes text and saves whole."""
    model.tokenizer, model.vocabulary = tokenizer, vocabulary
    return model


def require_tokenizer(model: EspladeModel) -> PreTrainedTokenizerBase:
    """The tokenizer of a model.

    Raises:
        InputError: none is attached.
    """
    if model.tokenizer is None:
        raise InputError(
            "The model has no tokenizer. Load it with encoders.checkpoints.loading.load_encoder."
        )
    return model.tokenizer


def require_text(model: EspladeModel) -> tuple[PreTrainedTokenizerBase, Vocabulary]:
    """The tokenizer and the vocabulary of a model.

    Raises:
        InputError: they are not attached.
    """
    if model.tokenizer is None or model.vocabulary is None:
        raise InputError(
            "The model has no tokenizer or no output vocabulary. Load it with "
            "encoders.checkpoints.loading.load_encoder, or give it both with attach."
        )
    return model.tokenizer, model.vocabulary
