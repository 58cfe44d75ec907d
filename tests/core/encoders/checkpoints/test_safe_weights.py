"""Weights in pickles are tensors and nothing else; what would have to be run is refused by name."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from foreign_models import masked_lm, save
from tiny_encoder import TEXTS

from encoders.checkpoints.loading import load_encoder, load_tokenizer
from encoders.encoding.encode import encode
from ground.errors import InputError


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save(*masked_lm("bert"), tmp_path_factory.mktemp("given"))


@pytest.fixture
def folder(given: Path, tmp_path: Path) -> Path:
    """A copy without weights."""
    shutil.copytree(given, tmp_path / "encoder")
    (tmp_path / "encoder" / "model.safetensors").unlink()
    return tmp_path / "encoder"


def whole(state: dict[str, Any], folder: Path) -> None:
    torch.save(state, folder / "pytorch_model.bin")


def old(state: dict[str, Any], folder: Path) -> None:
    """As torch saved before 1.6."""
    path = folder / "pytorch_model.bin"
    torch.save(state, path, _use_new_zipfile_serialization=False)


def in_parts(state: dict[str, Any], folder: Path) -> None:
    names = list(state)
    parts = {"pytorch_model-00001-of-00002.bin": names[::2]}
    parts["pytorch_model-00002-of-00002.bin"] = names[1::2]
    for part, held in parts.items():
        torch.save({name: state[name] for name in held}, folder / part)
    index = {"metadata": {}, "weight_map": {n: part for part, held in parts.items() for n in held}}
    (folder / "pytorch_model.bin.index.json").write_text(json.dumps(index))


@pytest.mark.parametrize("write", [whole, old, in_parts])
def test_pickled_weights_are_read(
    write: Callable[[dict[str, Any], Path], None], given: Path, folder: Path
) -> None:
    write(masked_lm("bert")[0].state_dict(), folder)
    got = encode(load_encoder(folder), TEXTS).toarray()
    np.testing.assert_array_equal(got, encode(load_encoder(given), TEXTS).toarray())


class Evil:
    """Runs when it is unpickled by anything that trusts it."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, ("ran",)


@pytest.mark.parametrize("write", [whole, old])
def test_a_pickle_that_would_run_something_is_refused(
    write: Callable[[dict[str, Any], Path], None],
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(folder)
    write({**masked_lm("bert")[0].state_dict(), "extra": Evil()}, folder)
    with pytest.raises(InputError, match="pytorch_model.bin is damaged, or a pickle that holds"):
        load_encoder(folder)
    assert not Path("ran").exists()


@pytest.mark.parametrize("content", [{"epoch": 3}, {"state_dict": {}}, [1, 2]])
def test_a_pickle_of_something_else_is_refused(content: Any, folder: Path) -> None:
    torch.save(content, folder / "pytorch_model.bin")
    with pytest.raises(InputError, match="more than tensors by name"):
        load_encoder(folder)


def test_missing_and_damaged_weights_are_told_apart(folder: Path) -> None:
    with pytest.raises(InputError, match="has no weights"):
        load_encoder(folder)
    in_parts(masked_lm("bert")[0].state_dict(), folder)
    (folder / "pytorch_model-00002-of-00002.bin").unlink()
    with pytest.raises(InputError, match="parts of them are missing"):
        load_encoder(folder)
    index = folder / "pytorch_model.bin.index.json"
    index.write_text(json.dumps({"weight_map": {"a": "../elsewhere.bin"}}))
    with pytest.raises(InputError, match="does not say in which files beside it"):
        load_encoder(folder)
    index.unlink()
    (folder / "pytorch_model.bin").write_bytes(b"PK\x03\x04 cut off")
    with pytest.raises(InputError, match="pytorch_model.bin is damaged"):
        load_encoder(folder)


def test_safetensors_go_before_a_pickle(given: Path, tmp_path: Path) -> None:
    shutil.copytree(given, tmp_path / "both")
    (tmp_path / "both" / "pytorch_model.bin").write_bytes(b"never opened")
    assert load_encoder(tmp_path / "both")


def changed(path: Path, **settings: Any) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | settings))


@pytest.mark.parametrize(
    ("file", "settings", "message"),
    [
        (
            "config.json",
            {"auto_map": {"AutoModelForMaskedLM": "modeling_new.NewForMaskedLM"}},
            r"config.json wants modeling_new.NewForMaskedLM \(auto_map, in modeling_new.py\)",
        ),
        (
            "config.json",
            {"auto_map": {"AutoConfig": "lab/code--configuration_new.NewConfig"}},
            r"config.json wants lab/code--configuration_new.NewConfig \(auto_map\)",
        ),
        (
            "tokenizer_config.json",
            {"auto_map": {"AutoTokenizer": ["modeling_new.NewTokenizer", None]}},
            r"tokenizer_config.json wants modeling_new.NewTokenizer",
        ),
        ("config.json", {"_attn_implementation": "lab/kernel"}, "lab/kernel of a hub"),
    ],
)
def test_code_is_refused_by_name(
    file: str, settings: dict[str, Any], message: str, given: Path, tmp_path: Path
) -> None:
    shutil.copytree(given, tmp_path / "encoder")
    (tmp_path / "encoder" / "modeling_new.py").write_text("raise SystemExit('ran')")
    # A file that nothing names is not run, and does no harm.
    assert load_encoder(tmp_path / "encoder")
    changed(tmp_path / "encoder" / file, **settings)
    with pytest.raises(InputError, match=message) as raised:
        load_encoder(tmp_path / "encoder")
    assert "trust_remote_code=True" in str(raised.value)
    with pytest.raises(InputError, match=message):
        load_tokenizer(tmp_path / "encoder")


def test_an_adapter_is_refused(given: Path, tmp_path: Path) -> None:
    shutil.copytree(given, tmp_path / "encoder")
    settings = {"base_model_name_or_path": "lab/base", "peft_type": "LORA"}
    (tmp_path / "encoder" / "adapter_config.json").write_text(json.dumps(settings))
    with pytest.raises(InputError, match=r"an adapter to another model \(lab/base\)"):
        load_encoder(tmp_path / "encoder")


@pytest.mark.parametrize("kind", ["custom_module.Transformer", "lab/repo--pool.SpladePooling"])
def test_modules_of_others_are_refused(kind: str, given: Path, tmp_path: Path) -> None:
    shutil.copytree(given, tmp_path / "encoder")
    modules = [{"idx": 0, "name": "0", "path": "", "type": kind}]
    (tmp_path / "encoder" / "modules.json").write_text(json.dumps(modules))
    with pytest.raises(InputError, match="modules.json wants the class .*, which is code of its"):
        load_encoder(tmp_path / "encoder")
    kind = "sentence_transformers.models.Transformer"
    modules = [{"idx": 0, "name": "0", "path": "../given", "type": kind}]
    (tmp_path / "encoder" / "modules.json").write_text(json.dumps(modules))
    with pytest.raises(InputError, match="outside of its folder"):
        load_encoder(tmp_path / "encoder")
