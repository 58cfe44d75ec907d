"""Load and save an encoder's folder: weights, configuration, tokenizer, output vocabulary."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from transformers import AutoTokenizer, PreTrainedTokenizerBase
from transformers.utils import logging

from encoders.checkpoints.code import check_no_code
from encoders.checkpoints.folders import WEIGHTS, kind_of
from encoders.checkpoints.folders import fingerprint as fingerprint
from encoders.checkpoints.foreign import from_masked_lm
from encoders.checkpoints.quantised import quantised, stored_state
from encoders.checkpoints.query_weights import IDF, idf_of, with_query_weights
from encoders.checkpoints.sparse_encoder import from_sparse_encoder
from encoders.model.model import EspladeConfig, EspladeModel
from encoders.model.text import attach
from encoders.vocabulary.vocabulary import VOCABULARY_FILE, Vocabulary
from ground.errors import InputError


def load_encoder(path: str | Path) -> EspladeModel:
    """Load an encoder to the CPU in float32, in evaluation mode, whatever it was saved in.

    Args:
        path: a folder of ours, of a Hugging Face masked LM with SPLADE weights (see
            `encoders.checkpoints.foreign`), or of a sentence-transformers SparseEncoder (see
            `encoders.checkpoints.sparse_encoder`). Nothing is downloaded, and no code of a folder
            is run.

    Raises:
        InputError: the folder is missing, unfinished, damaged, or of another kind.
    """
    folder = Path(path)
    kind = kind_of(folder)
    with quiet():
        if kind == "masked-lm":
            model = from_masked_lm(folder, load_tokenizer(folder))
            if (folder / IDF).is_file():
                return with_query_weights(model, idf_of(folder, model.tokenizer))
            return model
        if kind == "sentence-transformers":
            return from_sparse_encoder(folder)
        return _load_ours(folder)


def _load_ours(folder: Path) -> EspladeModel:
    check_no_code(folder)
    vocabulary = Vocabulary.load(folder / VOCABULARY_FILE)
    with _refusing(f"The encoder in {folder} cannot be loaded", "Train or copy it again."):
        model: Any = _model(folder)
        tokenizer = AutoTokenizer.from_pretrained(
            str(folder), local_files_only=True, trust_remote_code=False
        )
    if len(vocabulary) != model.config.output_size:
        raise InputError(
            f"{folder / VOCABULARY_FILE} has {len(vocabulary)} words, but the model has "
            f"{model.config.output_size} output terms. Put the vocabulary it was trained with back."
        )
    last, rows = max(tokenizer.get_vocab().values()), model.config.backbone_config.vocab_size
    if last >= rows:
        raise InputError(
            f"The tokenizer in {folder} has a token of number {last}, but the model has {rows} "
            f"tokens. Put the tokenizer it was trained with back."
        )
    encoder: EspladeModel = attach(model.float().eval(), tokenizer, vocabulary)
    # Settings of wrong types show themselves at the first text only.
    with _refusing(f"The encoder in {folder} does not encode", "Train or copy it again."):
        from encoders.encoding.encode import encode

        encode(encoder, ["a"], side="doc")
    return encoder


def _model(folder: Path) -> Any:
    state = stored_state(folder / WEIGHTS)
    if state is None:
        return EspladeModel.from_pretrained(str(folder), local_files_only=True)
    config: Any = EspladeConfig.from_pretrained(str(folder), local_files_only=True)
    model = EspladeModel(config)
    model.load_state_dict(state)
    return model


@contextmanager
def _refusing(what: str, remedy: str) -> Iterator[None]:
    """Turn whatever the libraries raise for a damaged folder, panics too, into one paragraph."""
    try:
        yield
    except (InputError, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        why = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        raise InputError(f"{what} ({why}). {remedy}") from error


def load_tokenizer(path: str | Path) -> PreTrainedTokenizerBase:
    """Load the tokenizer of an encoder, of a Hugging Face model, or in a folder of its own.

    Raises:
        InputError: the folder holds none.
    """
    folder = Path(path)
    if not folder.is_dir():
        raise InputError(f"There is no folder {folder}. Give one that holds a tokenizer.")
    check_no_code(folder)
    remedy = "Give the folder of an encoder or of a tokenizer, with its tokenizer.json."
    with _refusing(f"The tokenizer in {folder} cannot be loaded", remedy), quiet():
        tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(
            str(folder), local_files_only=True, trust_remote_code=False
        )
    return tokenizer


def save_encoder(
    model: EspladeModel, folder: Path, *, half: bool = False, int8: bool = False
) -> None:
    """Save model, tokenizer and vocabulary.

    Args:
        model: with both.
        folder: to write to.
        half: weights in half precision, which take half the space.
        int8: matrices as 8-bit integers (see `encoders.checkpoints.quantised`): a quarter.
    """
    state = {name: value.detach().cpu() for name, value in model.state_dict().items()}
    if half:
        state = {name: value.to(torch.float16) for name, value in state.items()}
    if int8:
        state = quantised(state)
    with quiet():
        model.save_pretrained(str(folder), state_dict=state)
    # safetensors leaves a file that only its owner may read.
    shutil.copymode(folder / "config.json", folder / WEIGHTS)


@contextmanager
def quiet() -> Iterator[None]:
    """No progress bars of the library's: reading these files takes no time."""
    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()  # type: ignore[no-untyped-call]
