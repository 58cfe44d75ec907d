"""What an encoder's folder is: one of ours, a Hugging Face model, a sentence-transformers one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from encoders.vocabulary.vocabulary import VOCABULARY_FILE
from ground.errors import InputError
from ground.reading import whole
from ground.reading.strict_json import JsonFault, parse

Kind = Literal["esplade", "masked-lm", "sentence-transformers"]
WEIGHTS = "model.safetensors"
MODULES = "modules.json"
_OURS = ("config.json", WEIGHTS, "tokenizer.json", VOCABULARY_FILE)
_FOREIGN = (".json", ".safetensors", ".bin", ".txt", ".model")
"""Endings of files that other makers' encoders consist of; cards and the like change nothing."""
_OTHER_RUNTIMES = ("onnx", "openvino")
_GIVE = (
    "Give the folder that `esplade finetune` or `esplade pretrain` wrote, a Hugging Face masked "
    "LM, or a sentence-transformers SparseEncoder."
)


def kind_of(folder: Path) -> Kind:
    """Which of the three kinds of encoder a folder holds, by its configuration files.

    Raises:
        InputError: none of them, or a folder of ours that is not complete.
    """
    if not folder.is_dir():
        raise InputError(f"There is no folder {folder}. {_GIVE}")
    config = folder / "config.json"
    found = read_json(config).get("model_type") if config.is_file() else None
    if found == "esplade" or (folder / VOCABULARY_FILE).is_file():
        _check_ours(folder)
        return "esplade"
    if (folder / MODULES).is_file():
        return "sentence-transformers"
    if found is None:
        raise InputError(
            f"{folder} is not an encoder: it has no config.json that names a model_type. {_GIVE}"
        )
    return "masked-lm"


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object of an encoder's folder.

    Raises:
        InputError: the file is missing, damaged, or holds something else.
    """
    try:
        value = parse(whole(path))
    except JsonFault as error:
        raise InputError(
            f"{path} cannot be read ({error}). Copy the encoder's folder again."
        ) from None
    if not isinstance(value, dict):
        raise InputError(f"{path} holds no JSON object. Copy the encoder's folder again.")
    return value


def fingerprint(path: str | Path) -> str:
    """SHA-256 (hex) over configuration, weights, tokenizer and vocabulary of an encoder's folder.

    Raises:
        InputError: the folder is missing or holds no encoder.
    """
    folder = Path(path)
    names = _OURS if kind_of(folder) == "esplade" else tuple(_foreign_files(folder))
    state = hashlib.sha256()
    for name in names:
        state.update(f"{name}\n{(folder / name).stat().st_size}\n".encode())
        with (folder / name).open("rb") as stream:
            while block := stream.read(1 << 20):
                state.update(block)
    return state.hexdigest()


def _foreign_files(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if path.is_file() and path.suffix in _FOREIGN and not _never_read(path, name):
            yield name.as_posix()


def _never_read(path: Path, name: Path) -> bool:
    """Whether a file is of another runtime, or the same weights in an older form.

    What a cache holds of a model depends on the programs that have asked for it.
    """
    newer = (path.with_name(WEIGHTS), path.with_name(f"{WEIGHTS}.index.json"))
    old = path.suffix == ".bin" and any(one.is_file() for one in newer)
    return old or any(part in _OTHER_RUNTIMES for part in name.parts[:-1])


def _check_ours(folder: Path) -> None:
    missing = [name for name in _OURS if not (folder / name).is_file()]
    if missing:
        raise InputError(
            f"{folder} is not a complete encoder of esplade's: {', '.join(missing)} is missing. "
            f"Train it, or copy it, again."
        )
    found = read_json(folder / "config.json").get("model_type")
    if found != "esplade":
        raise InputError(
            f"{folder / 'config.json'} describes a model of type {found!r}, but the folder has an "
            f"{VOCABULARY_FILE} of esplade's. Put the configuration it was saved with back."
        )
