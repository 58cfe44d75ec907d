"""A sentence-transformers SparseEncoder's folder, read without that package.

Read are SPLADE models: a masked LM (``Transformer``, formerly ``MLMTransformer``) and a
``SpladePooling`` that takes the maximum of log(1 + ReLU). What would give other vectors than ours
(another pooling, a prompt in front of texts, cosine similarity, ...) is refused, not ignored.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tokenizers import normalizers
from transformers import AutoTokenizer

from encoders.errors import EncoderInputError
from encoders.folders import MODULES, read_json
from encoders.foreign import from_masked_lm
from encoders.model import EspladeModel

_SETTINGS = "config_sentence_transformers.json"
_TRANSFORMER = "sentence_bert_config.json"
_DOCUMENT_PROMPTS = ("document", "passage", "corpus")


class Module(NamedTuple):
    """One entry of modules.json: the last part of its type, and its folder."""

    kind: str
    folder: Path


def from_sparse_encoder(folder: Path) -> EspladeModel:
    """Read a SparseEncoder's folder as a model of ours.

    Returns:
        The model on the CPU in float32, in evaluation mode, with tokenizer and vocabulary.

    Raises:
        EncoderInputError: it is damaged, or of a kind that would give other vectors.
    """
    modules = _modules(folder)
    kinds = [module.kind for module in modules]
    if kinds not in (["Transformer", "SpladePooling"], ["MLMTransformer", "SpladePooling"]):
        raise _refused(folder / MODULES, f"is built of {', '.join(kinds) or 'nothing'}")
    settings = read_json(folder / _SETTINGS) if (folder / _SETTINGS).is_file() else {}
    _check_settings(folder / _SETTINGS, settings)
    _check_pooling(modules[1].folder / "config.json")
    limit = int(settings.get("max_active_dims") or 0)
    return splade(modules[0].folder, query_top_k=limit, doc_top_k=limit)


def splade(folder: Path, **limits: Any) -> EspladeModel:
    """Read the masked LM of a ``Transformer`` module, with its limits on the length of texts."""
    path = folder / _TRANSFORMER
    settings = read_json(path) if path.is_file() else {}
    task = settings.get("transformer_task", "fill-mask")
    if task != "fill-mask" or settings.get("query_expansion"):
        raise _refused(path, f"uses its transformer for {task!r}")
    try:
        tokenizer: Any = AutoTokenizer.from_pretrained(str(folder), local_files_only=True)
    except Exception as error:  # the libraries raise many kinds for a damaged folder
        raise EncoderInputError(
            f"The tokenizer in {folder} cannot be loaded ({type(error).__name__}: {error}). Copy "
            f"the encoder's folder again."
        ) from error
    longest = settings.get("max_seq_length")
    if longest:
        tokenizer.model_max_length = min(tokenizer.model_max_length, int(longest))
    if settings.get("do_lower_case"):
        _lower_case(tokenizer)
    lengths = {"query_max_length": "query_length", "doc_max_length": "document_length"}
    given = {ours: settings[theirs] for ours, theirs in lengths.items() if settings.get(theirs)}
    return from_masked_lm(folder, tokenizer, **given, **limits)


def _modules(folder: Path) -> list[Module]:
    path = folder / MODULES
    try:
        entries: Sequence[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
        return [Module(e["type"].rpartition(".")[2], folder / e["path"]) for e in entries]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise EncoderInputError(
            f"{path} cannot be read ({type(error).__name__}: {error}). Copy the encoder's folder "
            f"again."
        ) from None


def _check_settings(path: Path, settings: dict[str, Any]) -> None:
    kind = settings.get("model_type", "SparseEncoder")
    if kind != "SparseEncoder":
        raise _refused(path, f"is a {kind}, whose vectors are not sparse")
    similarity = settings.get("similarity_fn_name") or "dot"
    if similarity != "dot":
        raise _refused(path, f"compares by {similarity!r}, where Lucene adds up products")
    prompts = settings.get("prompts") or {}
    names = ["query", *_DOCUMENT_PROMPTS, settings.get("default_prompt_name")]
    if any(prompts.get(name) for name in names):
        raise _refused(path, "puts a prompt in front of texts")


def _check_pooling(path: Path) -> None:
    settings = read_json(path)
    strategy = settings.get("pooling_strategy", "max")
    activation = settings.get("activation_function", "relu")
    if strategy != "max":
        raise _refused(path, f"pools tokens by {strategy!r}, where the maximum is needed")
    if activation != "relu":
        raise _refused(path, f"takes the logarithm twice ({activation!r})")


def _lower_case(tokenizer: Any) -> None:
    backend = tokenizer.backend_tokenizer
    first = [normalizers.Lowercase()]
    given = backend.normalizer
    backend.normalizer = normalizers.Sequence(first + ([given] if given is not None else []))


def _refused(path: Path, what: str) -> EncoderInputError:
    return EncoderInputError(
        f"{path}: this encoder {what}, so esplade would compute other vectors. Read are SPLADE "
        f"models: a masked LM (Transformer or MLMTransformer) and a SpladePooling with strategy "
        f"max and activation relu. Others can be encoded by sentence-transformers itself and "
        f"given to esplade as vectors in JSON Lines."
    )
