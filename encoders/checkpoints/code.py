"""What of an encoder's folder would have to be run: found before anything is read, and refused.

Configurations of Hugging Face can name classes in files beside them (``auto_map``), modules of
sentence-transformers can be of any class, attention can come from kernels of the hub. None of that
is run here, nor is a question asked at the terminal whether it may be.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from encoders.checkpoints.folders import read_json
from ground.errors import InputError

_READ = ("config.json", "tokenizer_config.json", "processor_config.json")
_ADAPTER = "adapter_config.json"
_LIBRARY = "sentence_transformers."
_REMEDY = (
    "No code of a folder is run here. If you trust its maker, load it yourself with "
    "sentence_transformers.SparseEncoder(..., trust_remote_code=True) and give that object to "
    "esplade in Python, or encode with it and give the vectors as JSON Lines."
)


def check_no_code(folder: Path) -> None:
    """Refuse a folder that is of use only with code that comes with it, or with another model.

    Raises:
        InputError: says which file names what.
    """
    for name in _READ:
        if (folder / name).is_file():
            _check_settings(folder, folder / name, read_json(folder / name))
    if (folder / _ADAPTER).is_file():
        base = read_json(folder / _ADAPTER).get("base_model_name_or_path")
        raise InputError(
            f"{folder / _ADAPTER}: this is an adapter to another model ({base}), not an encoder. "
            f"Merge it into that model (merge_and_unload of peft), save the whole, and give that."
        )


def check_module(path: Path, kind: str) -> None:
    """Refuse a module that is no class of sentence-transformers itself.

    Args:
        path: the file that names it.
        kind: its type, with the modules that it is in.

    Raises:
        InputError: it is somebody's own class.
    """
    if not kind.startswith(_LIBRARY):
        raise InputError(f"{path} wants the class {kind}, which is code of its own. {_REMEDY}")


def _check_settings(folder: Path, path: Path, settings: dict[str, Any]) -> None:
    if wanted := sorted(set(_classes(settings.get("auto_map")))):
        files = {f"{one.rpartition('--')[2].partition('.')[0]}.py" for one in wanted}
        there = sorted(name for name in files if (folder / name).is_file())
        shown = f", in {', '.join(there)}" if there else ""
        raise InputError(f"{path} wants {', '.join(wanted)} (auto_map{shown}) to be run. {_REMEDY}")
    for key in ("attn_implementation", "_attn_implementation"):
        if "/" in str(settings.get(key) or ""):
            raise InputError(f"{path} wants {settings[key]} of a hub ({key}) to be run. {_REMEDY}")


def _classes(given: Any) -> Iterator[str]:
    """Names of classes in an ``auto_map``, which may hold lists and None."""
    if isinstance(given, str):
        yield given
    elif isinstance(given, dict):
        for one in given.values():
            yield from _classes(one)
    elif isinstance(given, list | tuple):
        for one in given:
            yield from _classes(one)
