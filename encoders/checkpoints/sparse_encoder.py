"""A sentence-transformers SparseEncoder's folder, read without that package.

Read are SPLADE models: a masked LM (``Transformer``, formerly ``MLMTransformer``) and a
``SpladePooling`` that takes the maximum of log(1 + ReLU), the same for queries and documents, or
apart by a ``Router``; queries may also be inference-free (``SparseStaticEmbedding``). What would
give other vectors than ours (another pooling, a prompt in front of texts, cosine similarity, ...)
is refused, not ignored.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch
from safetensors.torch import load_file
from tokenizers import normalizers
from transformers import AutoTokenizer

from encoders.checkpoints.folders import MODULES, read_json
from encoders.checkpoints.foreign import LONGEST, from_masked_lm
from encoders.model.model import EspladeModel
from ground.errors import InputError

_SETTINGS = "config_sentence_transformers.json"
_TRANSFORMER = "sentence_bert_config.json"
_ROUTES = "router_config.json"
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
        InputError: it is damaged, or of a kind that would give other vectors.
    """
    modules = _modules(folder)
    settings = read_json(folder / _SETTINGS) if (folder / _SETTINGS).is_file() else {}
    _check_settings(folder / _SETTINGS, settings)
    limit = int(settings.get("max_active_dims") or 0)
    if [module.kind for module in modules] == ["Router"]:
        query, document = _routes(modules[0].folder)
        model = _masked_lm(modules[0].folder / _ROUTES, document, limit)
        return with_query_side(model, modules[0].folder / _ROUTES, query)
    return _masked_lm(folder / MODULES, modules, limit)


def _masked_lm(where: Path, modules: Sequence[Module], limit: int) -> EspladeModel:
    kinds = [module.kind for module in modules]
    if kinds not in (["Transformer", "SpladePooling"], ["MLMTransformer", "SpladePooling"]):
        raise refused(where, f"is built of {', '.join(kinds) or 'nothing'}")
    _check_pooling(modules[1].folder / "config.json")
    return splade(modules[0].folder, query_top_k=limit, doc_top_k=limit)


def _routes(folder: Path) -> tuple[list[Module], list[Module]]:
    """The modules of queries and of documents of a ``Router``."""
    path = folder / _ROUTES
    settings = read_json(path)
    try:
        kinds: dict[str, str] = settings["types"]
        structure: dict[str, list[str]] = settings["structure"]
        found = {
            route: [Module(kinds[name].rpartition(".")[2], folder / name) for name in names]
            for route, names in structure.items()
        }
    except (KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"{path} cannot be read ({type(error).__name__}: {error}). Copy the encoder's folder "
            f"again."
        ) from None
    mapped = (settings.get("parameters") or {}).get("route_mappings")
    if set(found) != {"query", "document"} or mapped:
        raise refused(
            path, f"has the routes {', '.join(found)}, where query and document are known"
        )
    return found["query"], found["document"]


def with_query_side(model: EspladeModel, where: Path, modules: Sequence[Module]) -> EspladeModel:
    """Give a model of documents the query side of a ``Router``.

    That is another masked LM of the same size (``separate``), or a weight for each piece
    (``SparseStaticEmbedding``; ``inference-free``).

    Raises:
        InputError: neither of these, or one over another vocabulary.
    """
    if [module.kind for module in modules] == ["SparseStaticEmbedding"]:
        return _with_weights(model, modules[0].folder)
    queries = _masked_lm(where, modules, model.config.query_top_k)
    ours, theirs = (one.config.backbone_config.to_dict() for one in (model, queries))
    same = all(ours.get(k) == v for k, v in theirs.items() if not k.startswith(("_", "dtype")))
    if not same or queries.vocabulary != model.vocabulary:
        raise refused(where, "has query and document encoders of different size or vocabulary")
    model.config.query_max_length = queries.config.query_max_length
    model.config.query_encoder = "separate"
    model.add_query_side()
    assert model.query_model is not None
    model.query_model.load_state_dict(queries.state_dict())
    model.query_model.head.activation = queries.head.activation
    model.train(False)
    return model


def _with_weights(model: EspladeModel, folder: Path) -> EspladeModel:
    path = folder / "model.safetensors"
    try:
        weights = load_file(str(path))["weight"].float()
        tokenizer: Any = AutoTokenizer.from_pretrained(str(folder), local_files_only=True)
    except Exception as error:  # the libraries raise many kinds for a damaged folder
        raise InputError(
            f"The weights of queries in {folder} cannot be loaded ({type(error).__name__}: "
            f"{error}). Copy the encoder's folder again."
        ) from error
    own, size = model.tokenizer, model.config.output_size
    assert own is not None
    if len(weights) != size or tokenizer.get_vocab() != own.get_vocab():
        raise refused(path, "has weights of queries over another vocabulary")
    if not bool(torch.isfinite(weights).all()) or bool((weights < 0).any()):
        raise refused(path, "has weights of queries that are negative or not finite")
    model.config.query_encoder = "inference-free"
    model.config.query_max_length = min(int(tokenizer.model_max_length), LONGEST)
    model.add_query_side()
    assert model.term_weights is not None
    model.term_weights.start_from(weights)
    model.train(False)
    return model


def splade(folder: Path, **limits: Any) -> EspladeModel:
    """Read the masked LM of a ``Transformer`` module, with its limits on the length of texts."""
    path = folder / _TRANSFORMER
    settings = read_json(path) if path.is_file() else {}
    task = settings.get("transformer_task", "fill-mask")
    if task != "fill-mask" or settings.get("query_expansion"):
        raise refused(path, f"uses its transformer for {task!r}")
    try:
        tokenizer: Any = AutoTokenizer.from_pretrained(str(folder), local_files_only=True)
    except Exception as error:  # the libraries raise many kinds for a damaged folder
        raise InputError(
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
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(
            f"{path} cannot be read ({type(error).__name__}: {error}). Copy the encoder's folder "
            f"again."
        ) from None


def _check_settings(path: Path, settings: dict[str, Any]) -> None:
    kind = settings.get("model_type", "SparseEncoder")
    if kind != "SparseEncoder":
        raise refused(path, f"is a {kind}, whose vectors are not sparse")
    similarity = settings.get("similarity_fn_name") or "dot"
    if similarity != "dot":
        raise refused(path, f"compares by {similarity!r}, where Lucene adds up products")
    prompts = settings.get("prompts") or {}
    names = ["query", *_DOCUMENT_PROMPTS, settings.get("default_prompt_name")]
    if any(prompts.get(name) for name in names):
        raise refused(path, "puts a prompt in front of texts")


def _check_pooling(path: Path) -> None:
    settings = read_json(path)
    strategy = settings.get("pooling_strategy", "max")
    activation = settings.get("activation_function", "relu")
    if strategy != "max":
        raise refused(path, f"pools tokens by {strategy!r}, where the maximum is needed")
    if activation != "relu":
        raise refused(path, f"takes the logarithm twice ({activation!r})")


def _lower_case(tokenizer: Any) -> None:
    backend = tokenizer.backend_tokenizer
    first = [normalizers.Lowercase()]
    given = backend.normalizer
    backend.normalizer = normalizers.Sequence(first + ([given] if given is not None else []))


def refused(path: Path, what: str) -> InputError:
    """The error for an encoder that would give other vectors here."""
    return InputError(
        f"{path}: this encoder {what}, so esplade would compute other vectors. Read are SPLADE "
        f"models: a masked LM (Transformer or MLMTransformer) and a SpladePooling with strategy "
        f"max and activation relu. Others can be encoded by sentence-transformers itself and "
        f"given to esplade as vectors in JSON Lines."
    )
