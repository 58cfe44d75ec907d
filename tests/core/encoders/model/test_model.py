from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_encoder import TEXTS, tiny_encoder
from transformers import DistilBertConfig, DistilBertModel

from encoders.backbones.loading import encoder_from_backbone
from encoders.checkpoints.loading import fingerprint, load_encoder, save_encoder
from encoders.encoding.encode import encode
from encoders.model.fresh import BackboneSize, fresh_encoder, pool_rows
from encoders.vocabulary.vocabulary import VOCABULARY_FILE, Vocabulary
from ground.errors import InputError


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("encoder")
    save_encoder(tiny_encoder(), path)
    return path


def test_saved_and_loaded(folder: Path) -> None:
    model, loaded = tiny_encoder(), load_encoder(folder)
    assert loaded.vocabulary == model.vocabulary
    assert not loaded.training
    for name, value in model.state_dict().items():
        assert torch.equal(value, loaded.state_dict()[name]), name
    expected, got = encode(model, TEXTS), encode(loaded, TEXTS)
    np.testing.assert_array_equal(expected.toarray(), got.toarray())


def test_half_precision_is_loaded_as_float32(tmp_path: Path, folder: Path) -> None:
    save_encoder(tiny_encoder(), tmp_path, half=True)
    size = (tmp_path / "model.safetensors").stat().st_size
    assert size < 0.6 * (folder / "model.safetensors").stat().st_size
    loaded = load_encoder(tmp_path)
    assert {p.dtype for p in loaded.parameters()} == {torch.float32}
    difference = encode(loaded, TEXTS) - encode(tiny_encoder(), TEXTS)
    assert abs(difference).max() < 1e-2


def test_the_configuration_travels(tmp_path: Path) -> None:
    model = tiny_encoder()
    model.config.doc_fields, model.config.language = "title+text", "ko"
    model.config.query_top_k, model.config.doc_max_length = 7, 17
    save_encoder(model, tmp_path)
    config = load_encoder(tmp_path).config
    assert (config.doc_fields, config.language, config.query_top_k) == ("title+text", "ko", 7)
    assert config.length_limit("doc") == 17 and config.backbone_config.model_type == "bert"


def test_special_and_padding_positions_never_contribute() -> None:
    model = tiny_encoder()
    assert model.tokenizer is not None
    ids = torch.tensor([model.tokenizer("the cat")["input_ids"] + [0, 0]])
    mask = (ids != 0).long()
    assert model.real_tokens(ids, mask).tolist() == [[False, True, True, False, False, False]]
    only_special = torch.tensor([[2, 3]])
    assert not model(only_special, torch.ones_like(only_special)).any()


def test_rows_of_the_output_embedding_are_means_of_pieces() -> None:
    model = tiny_encoder()
    assert model.tokenizer is not None
    embedding = model.backbone.get_input_embeddings().weight
    words = Vocabulary(("cat", "slowest"))
    pieces = model.tokenizer(list(words.words), add_special_tokens=False)["input_ids"]
    assert len(pieces[1]) > 1
    rows = pool_rows(embedding, model.tokenizer, words)
    for row, part in zip(rows, pieces, strict=True):
        torch.testing.assert_close(row, embedding[part].mean(dim=0))


def test_any_hugging_face_encoder_can_be_the_backbone(tmp_path: Path) -> None:
    tiny = tiny_encoder()
    assert tiny.tokenizer is not None and tiny.vocabulary is not None
    config = DistilBertConfig(
        vocab_size=len(tiny.tokenizer), dim=16, n_layers=1, n_heads=2, hidden_dim=32
    )
    backbone = DistilBertModel(config)
    backbone.save_pretrained(tmp_path / "backbone")
    tiny.tokenizer.save_pretrained(tmp_path / "backbone")
    model = encoder_from_backbone(str(tmp_path / "backbone"), tiny.vocabulary).eval()
    given = backbone.state_dict()
    assert all(torch.equal(given[k], v) for k, v in model.backbone.state_dict().items())
    save_encoder(model, tmp_path / "encoder")
    again = load_encoder(tmp_path / "encoder")
    np.testing.assert_array_equal(encode(model, TEXTS).toarray(), encode(again, TEXTS).toarray())


def test_a_missing_backbone_is_refused() -> None:
    with pytest.raises(InputError, match="cannot be loaded"):
        encoder_from_backbone("/nowhere/at-all", Vocabulary(("a",)))


def test_heads_must_divide_the_hidden_size() -> None:
    model = tiny_encoder()
    assert model.tokenizer is not None and model.vocabulary is not None
    with pytest.raises(InputError, match="--heads"):
        fresh_encoder(BackboneSize(hidden=16, heads=3), model.tokenizer, model.vocabulary)


def test_the_fingerprint_follows_the_content(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    (copy / "README.md").write_text("a card changes nothing")
    assert fingerprint(copy) == fingerprint(folder)
    with (copy / VOCABULARY_FILE).open("a") as stream:
        stream.write("more\n")
    assert fingerprint(copy) != fingerprint(folder)


def test_folders_that_are_no_encoder_are_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no folder"):
        load_encoder(tmp_path / "nowhere")
    with pytest.raises(InputError, match="not an encoder"):
        load_encoder(tmp_path)
    foreign = tmp_path / "foreign"
    shutil.copytree(folder, foreign)
    (foreign / "config.json").write_text(json.dumps({"model_type": "bert"}))
    with pytest.raises(InputError, match="'bert'"):
        load_encoder(foreign)
    shutil.copy(folder / "config.json", foreign)
    (foreign / "model.safetensors").unlink()
    with pytest.raises(InputError, match="model.safetensors is missing"):
        load_encoder(foreign)


def test_damaged_folders_are_refused(folder: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged"
    shutil.copytree(folder, damaged)
    with (damaged / VOCABULARY_FILE).open("a") as stream:
        stream.write("more\n")
    with pytest.raises(InputError, match="output terms"):
        load_encoder(damaged)
    (damaged / "model.safetensors").write_bytes(b"not weights")
    with pytest.raises(InputError, match="cannot be loaded"):
        load_encoder(damaged)
