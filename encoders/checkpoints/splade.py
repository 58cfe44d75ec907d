"""A masked LM with a ``SpladePooling``, as sentence-transformers keeps them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tokenizers import normalizers
from transformers import AutoTokenizer

from encoders.checkpoints.code import check_no_code
from encoders.checkpoints.folders import read_json
from encoders.checkpoints.foreign import from_masked_lm
from encoders.checkpoints.modules import TRANSFORMERS, Module, check_terms, refused
from encoders.model.configuration import WEIGHT_ACTIVATIONS
from encoders.model.model import EspladeModel
from ground.errors import InputError

_SETTINGS = [
    f"sentence_{kind}_config.json"
    for kind in ("bert", "roberta", "distilbert", "camembert", "albert", "xlm-roberta", "xlnet")
]
"""Names that the settings of a ``Transformer`` have had."""
_OF_TOKENIZER = ("tokenizer_args", "processor_kwargs", "processing_kwargs")
_HARMLESS = {"trust_remote_code", "use_fast", "model_max_length"}


def masked_lm_splade(where: Path, modules: Sequence[Module], limit: int) -> EspladeModel:
    """Read a masked LM and its pooling.

    Args:
        where: the file that lists the modules.
        modules: they.
        limit: the most terms of a text; 0 for all.

    Raises:
        InputError: other modules, or settings that would give other vectors.
    """
    check_terms(where, modules)
    kinds = [module.kind for module in modules]
    if len(kinds) != 2 or kinds[0] not in TRANSFORMERS or kinds[1] != "SpladePooling":
        raise refused(where, f"is built of {', '.join(kinds) or 'nothing'}")
    activation = _pooling_activation(modules[1].folder / "config.json")
    return splade(
        modules[0].folder, query_top_k=limit, doc_top_k=limit, weight_activation=activation
    )


def splade(folder: Path, **settings: Any) -> EspladeModel:
    """Read the masked LM of a ``Transformer`` module, with its limits on the length of texts."""
    path = next((folder / name for name in _SETTINGS if (folder / name).is_file()), None)
    found = read_json(path) if path is not None else {}
    task = found.get("transformer_task", "fill-mask")
    if path is not None and (task != "fill-mask" or found.get("query_expansion")):
        raise refused(path, f"uses its transformer for {task!r}")
    tokenizer = read_tokenizer(folder)
    _set_up(tokenizer, path or folder, found)
    lengths = {"query_max_length": "query_length", "doc_max_length": "document_length"}
    given = {ours: found[theirs] for ours, theirs in lengths.items() if found.get(theirs)}
    return from_masked_lm(folder, tokenizer, **given, **settings)


def read_tokenizer(folder: Path) -> Any:
    """The tokenizer of a module.

    Raises:
        InputError: there is none, it is damaged, or it would have to be run.
    """
    check_no_code(folder)
    try:
        return AutoTokenizer.from_pretrained(
            str(folder), local_files_only=True, trust_remote_code=False
        )
    except Exception as error:  # the libraries raise many kinds for a damaged folder
        raise InputError(
            f"The tokenizer in {folder} cannot be loaded ({type(error).__name__}: {error}). Copy "
            f"the encoder's folder again."
        ) from error


def _set_up(tokenizer: Any, path: Path, settings: dict[str, Any]) -> None:
    """Lengths and lower-casing, as the settings of the ``Transformer`` have them."""
    longest = settings.get("max_seq_length")
    for key in _OF_TOKENIZER:
        own = settings.get(key) or {}
        if set(own) - _HARMLESS:
            raise refused(path, f"reads texts with settings of its own ({key})")
        longest = own.get("model_max_length", longest)
    if longest:
        tokenizer.model_max_length = int(longest)
    if settings.get("do_lower_case"):
        _lower_case(tokenizer)


def _pooling_activation(path: Path) -> str:
    settings = read_json(path)
    strategy = settings.get("pooling_strategy", "max")
    activation = settings.get("activation_function", "relu")
    if strategy != "max":
        raise refused(path, f"pools tokens by {strategy!r}, where the maximum is needed")
    if activation not in WEIGHT_ACTIVATIONS:
        raise refused(path, f"has the activation {activation!r}, which is not known")
    return str(activation)


def _lower_case(tokenizer: Any) -> None:
    backend = tokenizer.backend_tokenizer
    first = [normalizers.Lowercase()]
    given = backend.normalizer
    backend.normalizer = normalizers.Sequence(first + ([given] if given is not None else []))
