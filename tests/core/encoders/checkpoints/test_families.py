"""Families of masked LMs with their own tokenizers; the forms of inference-free models."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from foreign_families import FAMILIES, LONGEST, TEXTS, family
from foreign_models import save, splade
from safetensors.torch import save_file

import esplade
from encoders.checkpoints.loading import load_encoder
from encoders.encoding.encode import encode, encode_counting
from ground.errors import InputError

MODULES = "sentence_transformers.sparse_encoder.models"


@pytest.mark.parametrize("name", FAMILIES)
def test_vectors_of_the_definition(name: str, tmp_path: Path) -> None:
    model, tokenizer = family(name)
    loaded = load_encoder(save(model, tokenizer, tmp_path / "given"))
    wanted = splade(model, tokenizer, TEXTS)
    got, longer = encode_counting(loaded, TEXTS)
    np.testing.assert_allclose(got.toarray(), wanted, atol=1e-5)
    assert 0.05 < (wanted > 0).mean() < 0.99 and longer >= 1
    assert loaded.config.doc_max_length == LONGEST
    assert loaded.vocabulary is not None and len(set(loaded.vocabulary.words)) == wanted.shape[1]


def idf_file(folder: Path, tokenizer: Any) -> np.ndarray[Any, Any]:
    """An idf.json as OpenSearch publishes it, and its weights by id."""
    names = sorted(tokenizer.get_vocab(), key=tokenizer.get_vocab().__getitem__)
    weights = {one: round(0.1 + i % 7, 3) for i, one in enumerate(names) if i % 5}
    for special in tokenizer.all_special_tokens:
        weights.pop(special, None)
    (folder / "idf.json").write_text(json.dumps(weights))
    return np.array([weights.get(one, 0.0) for one in names], dtype=np.float32)


def looked_up(tokenizer: Any, weights: Any, rows: int) -> np.ndarray[Any, Any]:
    """The definition: each piece of a query, once, with its weight."""
    wanted = np.zeros((len(TEXTS), rows), dtype=np.float32)
    for row, text in enumerate(TEXTS):
        ids = tokenizer(text, add_special_tokens=False)["input_ids"][:LONGEST]
        wanted[row, ids] = weights[ids]
    return wanted


@pytest.mark.parametrize("name", FAMILIES)
def test_an_idf_file_beside_a_masked_lm(name: str, tmp_path: Path) -> None:
    model, tokenizer = family(name)
    folder = save(model, tokenizer, tmp_path / "given")
    weights = idf_file(folder, tokenizer)
    loaded = load_encoder(folder)
    assert loaded.config.query_encoder == "inference-free"
    documents, queries = encode(loaded, TEXTS), encode(loaded, TEXTS, side="query")
    np.testing.assert_allclose(documents.toarray(), splade(model, tokenizer, TEXTS), atol=1e-5)
    wanted = looked_up(tokenizer, weights, documents.shape[1])
    np.testing.assert_allclose(queries.toarray(), wanted, atol=1e-5)
    assert (wanted > 0).any() and (queries.data > 0).all()


def opensearch(folder: Path, activation: str, query: dict[str, Any]) -> Path:
    """The files beside a masked LM in the root of a document encoder that OpenSearch publishes."""
    place = folder / "query_0_SparseStaticEmbedding"
    place.mkdir()
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(folder / name, place / name)
    (place / "config.json").write_text(json.dumps(query))
    (folder / "document_1_SpladePooling").mkdir()
    pooling = {"pooling_strategy": "max", "activation_function": activation}
    (folder / "document_1_SpladePooling" / "config.json").write_text(json.dumps(pooling))
    types = {
        place.name: f"{MODULES}.SparseStaticEmbedding.SparseStaticEmbedding",
        "": f"{MODULES}.MLMTransformer.MLMTransformer",
        "document_1_SpladePooling": f"{MODULES}.SpladePooling.SpladePooling",
    }
    structure = {"query": [place.name], "document": ["", "document_1_SpladePooling"]}
    routes = {"types": types, "structure": structure, "parameters": {"default_route": "document"}}
    (folder / "router_config.json").write_text(json.dumps(routes))
    router = {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Router"}
    (folder / "modules.json").write_text(json.dumps([router]))
    return place


@pytest.mark.parametrize("form", ["safetensors", "bin", "idf"])
def test_a_router_over_a_masked_lm_in_the_root(form: str, tmp_path: Path) -> None:
    model, tokenizer = family("distilbert")
    folder = save(model, tokenizer, tmp_path / "given")
    weights = idf_file(folder, tokenizer)
    query = {"frozen": True} | ({"path": "idf.json"} if form == "idf" else {})
    place = opensearch(folder, "log1p_relu", query)
    state = {"weight": torch.from_numpy(weights)}
    if form == "safetensors":
        save_file(state, str(place / "model.safetensors"))
    elif form == "bin":
        torch.save(state, place / "pytorch_model.bin")
    loaded = load_encoder(folder)
    got = encode(loaded, TEXTS).toarray()
    np.testing.assert_allclose(got, np.log1p(splade(model, tokenizer, TEXTS)), atol=1e-5)
    queries = encode(loaded, TEXTS, side="query").toarray()
    np.testing.assert_allclose(queries, looked_up(tokenizer, weights, got.shape[1]), atol=1e-5)
    assert loaded.config.weight_activation == "log1p_relu"


def test_an_idf_that_is_no_table_is_refused(tmp_path: Path) -> None:
    folder = save(*family("distilbert"), tmp_path / "given")
    (folder / "idf.json").write_text(json.dumps({"the": "rare"}))
    with pytest.raises(InputError, match=r"idf.json does not give each piece .* a number"):
        load_encoder(folder)
    (folder / "idf.json").write_text(json.dumps({"the": -1.0}))
    with pytest.raises(InputError, match="negative or not finite"):
        load_encoder(folder)


def static(folder: Path, tokenizer: Any, weights: Any, **settings: Any) -> Path:
    """A SparseEncoder that is a SparseStaticEmbedding alone."""
    folder.mkdir()
    tokenizer.save_pretrained(folder)
    save_file({"weight": torch.as_tensor(weights)}, str(folder / "model.safetensors"))
    kind = f"{MODULES}.SparseStaticEmbedding.SparseStaticEmbedding"
    modules = [{"idx": 0, "name": "0", "path": "", "type": kind}]
    (folder / "modules.json").write_text(json.dumps(modules))
    (folder / "config.json").write_text(json.dumps({"frozen": False}))
    (folder / "config_sentence_transformers.json").write_text(json.dumps(settings))
    return folder


def test_an_encoder_without_a_transformer(tmp_path: Path) -> None:
    _, tokenizer = family("xlm-roberta")
    weights = np.arange(len(tokenizer), dtype=np.float32) % 4
    folder = static(tmp_path / "static", tokenizer, weights)
    loaded = esplade.Encoder.load(folder)
    wanted = looked_up(tokenizer, weights, len(tokenizer))
    for side in ("query", "doc"):
        vectors = loaded.encode(TEXTS, side).to_dicts()  # type: ignore[arg-type]
        for row, found in enumerate(vectors.values()):
            there = {loaded.terms[i]: wanted[row, i] for i in wanted[row].nonzero()[0]}
            assert found == pytest.approx(there)
    data = esplade.Dataset.from_dicts({"d1": "The cat"}, {"q1": "cat"}, {"q1": {"d1": 1}})
    esplade.encode(folder, data, tmp_path / "vectors")
    assert esplade.inspect(["The cat"], [folder])[0].by_encoder["static"][0].terms[0].own
    with pytest.raises(InputError, match="a SparseStaticEmbedding alone"):
        esplade.statistics([folder], data)
    limited = static(tmp_path / "limited", tokenizer, weights, max_active_dims=2)
    assert esplade.Encoder.load(limited).encode(TEXTS[:1]).nnz == 2
    with pytest.raises(InputError, match="negative or not finite"):
        esplade.Encoder.load(static(tmp_path / "below", tokenizer, -weights))


def test_latent_dimensions_are_refused_with_the_reason(tmp_path: Path) -> None:
    folder = save(*family("distilbert"), tmp_path / "csr")
    kinds = ("models.Transformer", "models.Pooling", f"{MODULES[22:]}.SparseAutoEncoder")
    modules = [{"path": "", "type": f"sentence_transformers.{kind}"} for kind in kinds]
    (folder / "modules.json").write_text(json.dumps(modules))
    with pytest.raises(InputError, match=r"SparseAutoEncoder \(CSR\).*not terms of a vocabulary"):
        load_encoder(folder)
