"""A sentence-transformers SparseEncoder's folder, read without that package.

Read are SPLADE models: a masked LM (``Transformer``, formerly ``MLMTransformer``) and a
``SpladePooling`` that takes the maximum of log(1 + ReLU), or of its logarithm once more, the same
for queries and documents, or apart by a ``Router``; queries may also be inference-free
(``SparseStaticEmbedding``). What would give other vectors than ours (another pooling, a prompt in
front of texts, cosine similarity, ...) is refused, not ignored.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from encoders.checkpoints.folders import MODULES, read_json
from encoders.checkpoints.modules import (
    ROUTES,
    STATIC,
    Module,
    is_static,
    read_modules,
    read_routes,
    refused,
)
from encoders.checkpoints.query_weights import static_embedding, with_query_weights
from encoders.checkpoints.splade import masked_lm_splade
from encoders.model.model import EspladeModel
from ground.errors import InputError

_SETTINGS = "config_sentence_transformers.json"
_DOCUMENT_PROMPTS = ("document", "passage", "corpus")


def from_sparse_encoder(folder: Path) -> EspladeModel:
    """Read a SparseEncoder's folder as a model of ours.

    Returns:
        The model on the CPU in float32, in evaluation mode, with tokenizer and vocabulary.

    Raises:
        InputError: it is damaged, of a kind that would give other vectors, or its code would have
            to be run.
    """
    modules, limit = read_modules(folder), read_settings(folder)
    if is_static(modules):
        raise InputError(
            f"{folder / MODULES}: this encoder is a {STATIC} alone, without a transformer: it can "
            f"be encoded with, but there are no logits to train, to export or to take statistics "
            f"of. Give an encoder with a masked LM."
        )
    if [module.kind for module in modules] == ["Router"]:
        place = modules[0].folder
        query, document = read_routes(place)
        model = masked_lm_splade(place / ROUTES, document, limit)
        if is_static(query):
            return with_query_weights(model, static_embedding(query[0].folder, folder))
        return _with_query_side(model, place / ROUTES, query)
    return masked_lm_splade(folder / MODULES, modules, limit)


def read_settings(folder: Path) -> int:
    """The most terms of a text, by the settings of the whole encoder; 0 for all.

    Raises:
        InputError: other settings would give other vectors than ours.
    """
    path = folder / _SETTINGS
    settings = read_json(path) if path.is_file() else {}
    _check_settings(path, settings)
    return int(settings.get("max_active_dims") or 0)


def _with_query_side(model: EspladeModel, where: Path, modules: Sequence[Module]) -> EspladeModel:
    """Give a model of documents another masked LM of the same size for queries."""
    queries = masked_lm_splade(where, modules, model.config.query_top_k)
    ours, theirs = (one.config.backbone_config.to_dict() for one in (model, queries))
    same = all(ours.get(k) == v for k, v in theirs.items() if not k.startswith(("_", "dtype")))
    if not same or queries.vocabulary != model.vocabulary:
        raise refused(where, "has query and document encoders of different size or vocabulary")
    if queries.config.weight_activation != model.config.weight_activation:
        raise refused(where, "has query and document encoders of different activations")
    model.config.query_max_length = queries.config.query_max_length
    model.config.query_encoder = "separate"
    model.add_query_side()
    assert model.query_model is not None
    model.query_model.load_state_dict(queries.state_dict())
    model.query_model.head.activation = queries.head.activation
    model.train(False)
    return model


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
