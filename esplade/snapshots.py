"""Models of the hub: found in the local cache, or downloaded to it when that is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from glob import escape
from pathlib import Path

from encoders.checkpoints.folders import MODULES
from esplade.hub import HubName, reaching
from esplade.hub_errors import NotInCache, hub_errors
from ground.errors import InputError

_SMALL = ["*.json", "*.txt", "*.model", ".gitattributes"]
"""Settings, tokenizers, vocabularies. Code (``*.py``) is never downloaded."""
_WEIGHTS = ["model.safetensors", "model-*-of-*.safetensors"]
_OLD_WEIGHTS = ["pytorch_model.bin", "pytorch_model-*-of-*.bin"]
_OTHERS = ["onnx/*", "*/onnx/*", "openvino/*", "*/openvino/*", "checkpoint-*/*", ".*/*"]
"""Folders of other runtimes and of trainings."""
_completed: set[Path] = set()
"""Folders that were brought up to date in this process."""


def cached(name: HubName) -> Path | None:
    """The folder of a model in the local cache; None where it is not there, or not whole.

    Nothing is looked up on the network.
    """
    import huggingface_hub
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        found = huggingface_hub.snapshot_download(
            name.repo,
            revision=name.revision,
            local_files_only=True,
            allow_patterns=_SMALL,
            ignore_patterns=_OTHERS,
        )
    except (LocalEntryNotFoundError, HFValidationError):
        return None
    folder = Path(found)
    return folder if _is_whole(name, folder) and not list(without_weights(folder)) else None


def snapshot(name: HubName) -> Path:
    """The folder of a model in the local cache.

    Raises:
        NotInCache: it is not there; says how to download it.
    """
    found = cached(name)
    if found is None:
        raise NotInCache(name)
    return found


def download(name: HubName) -> Path:
    """Bring a model to the local cache, as far as it is not there: only the files it needs.

    Raises:
        InputError: no such model or revision, no access to it, no network.
    """
    import huggingface_hub

    from esplade.progress import say

    def get(revision: str, patterns: list[str]) -> Path:
        found = huggingface_hub.snapshot_download(
            name.repo, revision=revision, allow_patterns=patterns, ignore_patterns=_OTHERS
        )
        return Path(found)

    if cached(name) is None:
        say(f"Downloading {name} to the local cache.")
    with reaching(), hub_errors(name), _bars():
        folder = get(name.revision, _SMALL)
        # The commit is known now: all files are those of one and the same.
        get(folder.name, [*_WEIGHTS, *(f"*/{one}" for one in _WEIGHTS)])
        if lacking := [escape(one) for one in without_weights(folder)]:
            get(folder.name, [f"{one}{old}" for one in lacking for old in _OLD_WEIGHTS])
    if missing := list(without_weights(folder)):
        raise InputError(
            f"The model {name} on the hub has no weights that can be read here (model.safetensors "
            f"or pytorch_model.bin) in {missing[0] or 'its root'}. Choose another revision "
            f"(NAME@REVISION), or convert its weights to safetensors."
        )
    _completed.add(folder)
    return folder


def _is_whole(name: HubName, folder: Path) -> bool:
    """Whether a snapshot has all settings, or is what another program wanted of them.

    transformers takes a masked LM without the modules that sentence-transformers has for it, which
    would be another encoder. Then nothing tells of modules.json: neither the file, nor that there
    is none, nor a listing of the model's files, nor the ``.gitattributes`` that every model has and
    that only who takes everything takes as well.
    """
    from huggingface_hub import try_to_load_from_cache

    if not any((folder / one).is_file() for one in ("config.json", MODULES)):
        return False
    listing = folder.parent.parent / "trees" / f"{folder.name}.json"
    told = [folder / ".gitattributes", folder / MODULES, listing]
    if folder in _completed or any(path.is_file() for path in told):
        return True
    # A path, a mark that the hub has no such file, or None where nobody has asked.
    return try_to_load_from_cache(name.repo, MODULES, revision=name.revision) is not None


def without_weights(folder: Path) -> Iterator[str]:
    """Parts of a model, as ``""`` or ``"part/"``, that want weights and have none."""
    from encoders.checkpoints.weights import weight_files

    for settings in sorted(folder.rglob("config.json")):
        place = settings.parent
        if _wants_weights(settings) and not weight_files(place):
            yield "" if place == folder else f"{place.relative_to(folder).as_posix()}/"


def _wants_weights(settings: Path) -> bool:
    from encoders.checkpoints.folders import read_json

    found = read_json(settings)
    # A SparseStaticEmbedding names no type of model, but has a tokenizer beside its weights.
    has_tokenizer = (settings.parent / "tokenizer_config.json").is_file()
    return "model_type" in found or (has_tokenizer and "path" not in found)


@contextmanager
def _bars() -> Iterator[None]:
    """The hub's progress bars, unless nothing is to be told."""
    from huggingface_hub.utils.tqdm import (
        are_progress_bars_disabled,
        disable_progress_bars,
        enable_progress_bars,
    )

    from esplade.progress import verbosity

    off = verbosity() == "quiet" and not are_progress_bars_disabled()
    if off:
        disable_progress_bars()
    try:
        yield
    finally:
        if off:
            enable_progress_bars()
