"""Load and save an encoder's folder: weights, configuration, tokenizer, output vocabulary."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from transformers import AutoTokenizer, PreTrainedTokenizerBase
from transformers.utils import logging

from encoders.errors import EncoderInputError
from encoders.model import EspladeModel
from encoders.vocabulary import VOCABULARY_FILE, Vocabulary

_WEIGHTS = "model.safetensors"
_FINGERPRINTED = ("config.json", _WEIGHTS, "tokenizer.json", VOCABULARY_FILE)


def load_encoder(path: str | Path) -> EspladeModel:
    """Load an encoder to the CPU in float32, in evaluation mode, whatever it was saved in.

    Raises:
        EncoderInputError: the folder is missing, unfinished, damaged, or not ours.
    """
    folder = Path(path)
    _check_folder(folder)
    vocabulary = Vocabulary.load(folder / VOCABULARY_FILE)
    try:
        with _quiet():
            model: Any = EspladeModel.from_pretrained(str(folder), local_files_only=True)
            tokenizer = AutoTokenizer.from_pretrained(str(folder), local_files_only=True)
    except Exception as error:  # the libraries raise many kinds for a damaged folder
        raise EncoderInputError(
            f"The encoder in {folder} cannot be loaded ({type(error).__name__}: {error}). "
            f"Train or copy it again."
        ) from error
    if len(vocabulary) != model.config.output_size:
        raise EncoderInputError(
            f"{folder / VOCABULARY_FILE} has {len(vocabulary)} words, but the model has "
            f"{model.config.output_size} output terms. Put the vocabulary it was trained with back."
        )
    encoder: EspladeModel = model.float().eval()
    encoder.tokenizer, encoder.vocabulary = tokenizer, vocabulary
    return encoder


def load_tokenizer(path: str | Path) -> PreTrainedTokenizerBase:
    """Load the tokenizer of an encoder, of a Hugging Face model, or in a folder of its own.

    Raises:
        EncoderInputError: the folder holds none.
    """
    folder = Path(path)
    if not folder.is_dir():
        raise EncoderInputError(f"There is no folder {folder}. Give one that holds a tokenizer.")
    try:
        with _quiet():
            tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(
                str(folder), local_files_only=True
            )
    except Exception as error:  # the libraries raise many kinds for a damaged folder
        raise EncoderInputError(
            f"The tokenizer in {folder} cannot be loaded ({type(error).__name__}: {error}). Give "
            f"the folder of an encoder or of a tokenizer, with its tokenizer.json."
        ) from error
    return tokenizer


def save_encoder(model: EspladeModel, folder: Path, *, half: bool = False) -> None:
    """Save model, tokenizer and vocabulary; in half precision the weights take half the space."""
    state = {name: value.detach().cpu() for name, value in model.state_dict().items()}
    if half:
        state = {name: value.to(torch.float16) for name, value in state.items()}
    with _quiet():
        model.save_pretrained(str(folder), state_dict=state)
    # safetensors leaves a file that only its owner may read.
    shutil.copymode(folder / "config.json", folder / _WEIGHTS)


def attach(
    model: EspladeModel, tokenizer: PreTrainedTokenizerBase, vocabulary: Vocabulary
) -> EspladeModel:
    """Give a model its tokenizer and vocabulary, so that it encodes text and saves whole."""
    model.tokenizer, model.vocabulary = tokenizer, vocabulary
    return model


def require_text(model: EspladeModel) -> tuple[PreTrainedTokenizerBase, Vocabulary]:
    """The tokenizer and the vocabulary of a model.

    Raises:
        EncoderInputError: they are not attached.
    """
    if model.tokenizer is None or model.vocabulary is None:
        raise EncoderInputError(
            "The model has no tokenizer or no output vocabulary. Load it with "
            "encoders.checkpoints.load_encoder, or give it both with attach."
        )
    return model.tokenizer, model.vocabulary


def fingerprint(path: str | Path) -> str:
    """SHA-256 (hex) over configuration, weights, tokenizer and vocabulary of an encoder's folder.

    Raises:
        EncoderInputError: the folder is missing or not ours.
    """
    folder = Path(path)
    _check_folder(folder)
    state = hashlib.sha256()
    for name in _FINGERPRINTED:
        state.update(f"{name}\n{(folder / name).stat().st_size}\n".encode())
        with (folder / name).open("rb") as stream:
            while block := stream.read(1 << 20):
                state.update(block)
    return state.hexdigest()


@contextmanager
def _quiet() -> Iterator[None]:
    """No progress bars of the library's: reading these files takes no time."""
    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()  # type: ignore[no-untyped-call]


def _check_folder(folder: Path) -> None:
    if not folder.is_dir():
        raise EncoderInputError(
            f"There is no folder {folder}. Give the folder of an encoder, as `esplade finetune` "
            f"or `esplade pretrain` wrote it."
        )
    missing = [name for name in _FINGERPRINTED if not (folder / name).is_file()]
    if missing:
        raise EncoderInputError(
            f"{folder} is not a complete encoder of esplade's: {', '.join(missing)} is missing. "
            f"Give the folder that `esplade finetune` or `esplade pretrain` wrote."
        )
    try:
        kind = json.loads((folder / "config.json").read_text(encoding="utf-8"))["model_type"]
    except (ValueError, KeyError, TypeError):
        kind = "unreadable"
    if kind != "esplade":
        raise EncoderInputError(
            f"{folder / 'config.json'} describes a model of type {kind!r}, where 'esplade' is "
            f"needed. Give the folder that `esplade finetune` or `esplade pretrain` wrote."
        )
