"""Encoders of other makers: the same vectors as transformers and sentence-transformers give."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from foreign_models import BUILDERS, masked_lm, save, splade
from tiny_encoder import TEXTS
from transformers import BertConfig, BertModel, GPT2Config, GPT2LMHeadModel

from encoders.checkpoints.loading import fingerprint, load_encoder, load_tokenizer, save_encoder
from encoders.encoding.encode import encode
from ground.errors import InputError

GIVEN = [*TEXTS, "", "👍 unseen", "the " * 60]


@pytest.fixture(scope="module")
def bert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save(*masked_lm("bert"), tmp_path_factory.mktemp("bert"))


def as_sparse_encoder(
    folder: Path, out: Path, kind: str = "MLMTransformer", **pooling: Any
) -> Path:
    """The files that sentence-transformers puts beside a masked LM."""
    shutil.copytree(folder, out)
    types = (
        f"sentence_transformers.sparse_encoder.models.{kind}.{kind}",
        "sentence_transformers.sparse_encoder.models.SpladePooling.SpladePooling",
    )
    modules = [
        {"idx": i, "name": str(i), "path": p, "type": t}
        for i, (p, t) in enumerate(zip(("", "1_SpladePooling"), types, strict=True))
    ]
    (out / "modules.json").write_text(json.dumps(modules))
    (out / "1_SpladePooling").mkdir()
    settings = {"pooling_strategy": "max", "activation_function": "relu", **pooling}
    (out / "1_SpladePooling" / "config.json").write_text(json.dumps(settings))
    return out


@pytest.mark.parametrize("name", BUILDERS)
def test_any_masked_lm_gives_the_vectors_of_the_definition(name: str, tmp_path: Path) -> None:
    model, tokenizer = masked_lm(name)
    loaded = load_encoder(save(model, tokenizer, tmp_path / "given"))
    length = loaded.config.doc_max_length
    assert length == 32  # the tokenizer says 32, the positions 40
    tokenizer.model_max_length = length
    wanted = splade(model, tokenizer, GIVEN)
    got = encode(loaded, GIVEN).toarray()
    np.testing.assert_allclose(got, wanted, atol=1e-5)
    assert 0.05 < (wanted > 0).mean() < 0.99
    assert loaded.vocabulary is not None
    assert loaded.vocabulary.words[2] == "[CLS]" and loaded.config.special_token_ids == []
    save_encoder(loaded, tmp_path / "ours")
    again = load_encoder(tmp_path / "ours")
    np.testing.assert_array_equal(encode(again, GIVEN).toarray(), got)


def test_a_sharded_model_in_half_precision_is_read(bert: Path, tmp_path: Path) -> None:
    model, tokenizer = masked_lm("bert")
    tokenizer.save_pretrained(tmp_path)
    model.half().save_pretrained(tmp_path, max_shard_size="5kB")
    assert not (tmp_path / "model.safetensors").exists()
    got = encode(load_encoder(tmp_path), TEXTS).toarray()
    np.testing.assert_allclose(got, encode(load_encoder(bert), TEXTS).toarray(), atol=2e-2)


@pytest.mark.parametrize("kind", ["MLMTransformer", "Transformer"])
def test_a_sparse_encoder_is_its_masked_lm(kind: str, bert: Path, tmp_path: Path) -> None:
    folder = as_sparse_encoder(bert, tmp_path / "st", kind)
    settings = {"max_seq_length": 9, "query_length": 5}
    (folder / "sentence_bert_config.json").write_text(json.dumps(settings))
    limits = {"max_active_dims": 7, "prompts": {"query": "", "other": "x: "}}
    (folder / "config_sentence_transformers.json").write_text(json.dumps(limits))
    model = load_encoder(folder)
    config = model.config
    assert (config.query_max_length, config.doc_max_length) == (5, 9)
    assert (config.query_top_k, config.doc_top_k) == (7, 7)
    plain, tokenizer = masked_lm("bert")
    tokenizer.model_max_length = 9
    wanted = splade(plain, tokenizer, TEXTS)
    got = encode(model, TEXTS)
    assert np.diff(got.indptr).max() == 7
    kept = got.toarray() > 0
    np.testing.assert_allclose(got.toarray()[kept], wanted[kept], atol=1e-5)


@pytest.mark.parametrize(
    ("pooling", "settings", "message"),
    [
        ({"pooling_strategy": "sum"}, {}, "pools tokens by 'sum'"),
        ({"activation_function": "gelu"}, {}, "activation 'gelu', which is not known"),
        ({}, {"similarity_fn_name": "cosine"}, "'cosine'"),
        ({}, {"prompts": {"query": "query: "}}, "prompt in front"),
        ({}, {"prompts": {"x": "x: "}, "default_prompt_name": "x"}, "prompt in front"),
        ({}, {"model_type": "SentenceTransformer"}, "not sparse"),
    ],
)
def test_what_would_give_other_vectors_is_refused(
    pooling: dict[str, str], settings: dict[str, Any], message: str, bert: Path, tmp_path: Path
) -> None:
    folder = as_sparse_encoder(bert, tmp_path / "st", **pooling)
    (folder / "config_sentence_transformers.json").write_text(json.dumps(settings))
    with pytest.raises(InputError, match=message):
        load_encoder(folder)


def test_other_modules_are_refused(bert: Path, tmp_path: Path) -> None:
    folder = as_sparse_encoder(bert, tmp_path / "st", "Pooling")
    with pytest.raises(InputError, match="built of Pooling, SpladePooling"):
        load_encoder(folder)
    (folder / "modules.json").write_text("[{}]")
    with pytest.raises(InputError, match="KeyError"):
        load_encoder(folder)


def test_a_lower_casing_setting_is_obeyed(bert: Path, tmp_path: Path) -> None:
    folder = as_sparse_encoder(bert, tmp_path / "st")
    (folder / "sentence_bert_config.json").write_text(json.dumps({"do_lower_case": True}))
    tokenizer = load_encoder(folder).tokenizer
    assert tokenizer is not None and tokenizer.tokenize("The CAT") == ["the", "cat"]


def test_models_without_a_head_are_refused(tmp_path: Path) -> None:
    _, tokenizer = masked_lm("bert")
    config = BertConfig(
        vocab_size=len(tokenizer), hidden_size=16, num_hidden_layers=1, num_attention_heads=2
    )
    save(BertModel(config), tokenizer, tmp_path / "headless")
    with pytest.raises(InputError, match="no head that scores terms"):
        load_encoder(tmp_path / "headless")
    gpt = GPT2LMHeadModel(GPT2Config(vocab_size=len(tokenizer), n_embd=16, n_layer=1, n_head=2))
    save(gpt, tokenizer, tmp_path / "causal")
    with pytest.raises(InputError, match="cannot be loaded as a masked language model"):
        load_encoder(tmp_path / "causal")


def test_a_head_of_another_kind_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model, tokenizer = masked_lm("bert")
    folder = save(model, tokenizer, tmp_path / "given")
    transform = type(model.cls.predictions.transform)
    monkeypatch.setattr(transform, "forward", lambda self, x: self.LayerNorm(torch.tanh(x)))
    with pytest.raises(InputError, match="is not a dense layer, an activation"):
        load_encoder(folder)


def test_a_tokenizer_with_more_pieces_than_the_head_is_refused(bert: Path, tmp_path: Path) -> None:
    shutil.copytree(bert, tmp_path / "given")
    tokenizer = load_tokenizer(bert)
    tokenizer.add_tokens(["onemore"])
    tokenizer.save_pretrained(tmp_path / "given")
    with pytest.raises(InputError, match="output terms"):
        load_encoder(tmp_path / "given")


def test_the_fingerprint_of_a_foreign_folder_follows_its_content(
    bert: Path, tmp_path: Path
) -> None:
    folder = as_sparse_encoder(bert, tmp_path / "st")
    first = fingerprint(folder)
    (folder / "README.md").write_text("a card changes nothing")
    (folder / "pytorch_model.bin").write_text("the same weights, never read")
    (folder / "onnx").mkdir()
    (folder / "onnx" / "config.json").write_text("{}")
    assert fingerprint(folder) == first != fingerprint(bert)
    (folder / "1_SpladePooling" / "config.json").write_text("{}")
    assert fingerprint(folder) != first


def test_no_code_of_a_folder_is_run(bert: Path, tmp_path: Path) -> None:
    shutil.copytree(bert, tmp_path / "evil")
    config = json.loads((tmp_path / "evil" / "config.json").read_text())
    config |= {"model_type": "evil", "auto_map": {"AutoModelForMaskedLM": "evil.Evil"}}
    (tmp_path / "evil" / "config.json").write_text(json.dumps(config))
    (tmp_path / "evil" / "evil.py").write_text("raise SystemExit('ran')")
    with pytest.raises(InputError, match=r"wants evil.Evil \(auto_map, in evil.py\) to be run"):
        load_encoder(tmp_path / "evil")


@pytest.mark.parametrize(
    ("routes", "message"),
    [
        ({"types": {}, "structure": {"only": []}}, "has the routes only"),
        ({"types": {}, "structure": {"query": ["q"], "document": []}}, "KeyError"),
        ({"types": {}, "structure": {"query": [], "document": []}}, "built of nothing"),
        (
            {"types": {}, "structure": {"query": [], "document": []},
             "parameters": {"route_mappings": {"a,b": "query"}}},
            "has the routes",
        ),
    ],
)  # fmt: skip
def test_routers_of_another_kind_are_refused(
    routes: dict[str, Any], message: str, tmp_path: Path
) -> None:
    modules = [{"path": "", "type": "sentence_transformers.base.modules.router.Router"}]
    (tmp_path / "modules.json").write_text(json.dumps(modules))
    (tmp_path / "router_config.json").write_text(json.dumps(routes))
    with pytest.raises(InputError, match=message):
        load_encoder(tmp_path)
