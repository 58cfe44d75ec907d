"""Encoders by their names on the hub: the cache first, the network only when asked."""

from __future__ import annotations

import json
import os
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from fake_hub import COMMIT, OTHER_COMMIT, FakeHub, fake_hub
from foreign_models import masked_lm, save
from huggingface_hub import errors

import esplade
from esplade.hub import HubName, offline, reaching
from esplade.hub_errors import NotInCache
from esplade.loading import ENCODERS, locate
from ground.errors import InputError
from harness.vectors import vectors_facts

NAME = "lab/splade-tiny"
httpx: Any = import_module(errors.HTTPError.__module__.partition(".")[0])
"""The library of the hub's requests, under the name that it has in this release."""


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeHub:
    return fake_hub(tmp_path / "cache", monkeypatch)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = save(*masked_lm("bert"), tmp_path_factory.mktemp("published"))
    (folder / "README.md").write_text("a card")
    (folder / "modeling_evil.py").write_text("raise SystemExit('ran')")
    (folder / "pytorch_model.bin").write_bytes(b"the same weights again")
    (folder / "onnx").mkdir()
    (folder / "onnx" / "config.json").write_text("{}")
    return folder


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("naver/splade-v3", HubName("naver/splade-v3")),
        ("a/b@v1.0", HubName("a/b", "v1.0")),
        ("a/b@refs/pr/3", HubName("a/b", "refs/pr/3")),
        (f"a/b@{COMMIT}", HubName("a/b", COMMIT)),
        ("pydoc-tiny", None),
        ("a/b/c", None),
        ("./a", None),
        ("../a", None),
        ("a/..", None),
        ("/a/b", None),
        ("a/b@", None),
        ("a/b@../x", None),
        ("a b/c", None),
        ("", None),
    ],
)
def test_names_on_the_hub_are_told_from_paths(text: str, name: HubName | None) -> None:
    assert HubName.parse(text) == name


@pytest.mark.parametrize(
    ("text", "short"),
    [("a/b", "b"), ("a/b@refs/pr/3", "b@refs-pr-3"), (f"a/b@{COMMIT}", f"b@{COMMIT[:8]}")],
)
def test_revisions_have_names_of_their_own(text: str, short: str) -> None:
    name = HubName.parse(text)
    assert name is not None and (name.short, str(name)) == (short, text)


def test_a_model_is_downloaded_once_and_then_found(hub: FakeHub, model: Path) -> None:
    hub.publish(NAME, model)
    with pytest.raises(NotInCache, match="not in the local cache"):
        esplade.Encoder.load(NAME)
    assert hub.asked == []
    loaded = esplade.Encoder.load(NAME, online=True)
    wanted = {"config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors"}
    assert wanted <= hub.files(NAME)
    # Neither code nor cards, neither other runtimes nor the same weights a second time.
    others = {"README.md", "modeling_evil.py", "onnx/config.json", "pytorch_model.bin"}
    assert not others & hub.files(NAME)
    times = len(hub.asked)
    again = esplade.Encoder.load(NAME)
    assert len(hub.asked) == times
    assert loaded.source == {"hub": NAME, "revision": "main", "commit": COMMIT} == again.source
    texts = ["the cat"]
    ours = esplade.Encoder.load(model).encode(texts).to_dicts()
    assert loaded.name == "splade-tiny" and again.encode(texts).to_dicts() == ours


def test_pickled_weights_are_downloaded_where_there_are_no_others(
    hub: FakeHub, tmp_path: Path
) -> None:
    import torch

    theirs, tokenizer = masked_lm("bert")
    folder = save(theirs, tokenizer, tmp_path / "old")
    (folder / "model.safetensors").unlink()
    torch.save(theirs.state_dict(), folder / "pytorch_model.bin")
    hub.publish(NAME, folder)
    loaded = esplade.Encoder.load(NAME, online=True)
    assert "pytorch_model.bin" in hub.files(NAME) and loaded.encode(["the cat"]).nnz > 0
    # A download that was killed before its weights came is not in the cache.
    (hub.place(NAME) / "snapshots" / COMMIT / "pytorch_model.bin").unlink()
    with pytest.raises(NotInCache):
        esplade.Encoder.load(NAME)


def test_what_another_program_took_of_a_model_is_not_the_model(
    hub: FakeHub, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.publish(NAME, model)
    esplade.Encoder.load(NAME, online=True)
    monkeypatch.setattr("esplade.snapshots._completed", set())
    assert esplade.Encoder.load(NAME)
    # As transformers leaves it: whether there are modules beside the masked LM, nobody has asked.
    place = hub.place(NAME)
    (place / "snapshots" / COMMIT / ".gitattributes").unlink()
    with pytest.raises(NotInCache, match="or not all of it"):
        esplade.Encoder.load(NAME)
    # As sentence-transformers leaves it: it has asked, and there are none.
    absent = place / ".no_exist" / COMMIT / "modules.json"
    absent.parent.mkdir(parents=True)
    absent.touch()
    assert esplade.Encoder.load(NAME)


def test_a_model_without_weights_is_refused(hub: FakeHub, model: Path, tmp_path: Path) -> None:
    (tmp_path / "bare").mkdir()
    (tmp_path / "bare" / "config.json").write_bytes((model / "config.json").read_bytes())
    hub.publish(NAME, tmp_path / "bare")
    with pytest.raises(InputError, match="no weights that can be read here"):
        esplade.Encoder.load(NAME, online=True)


def test_revisions_lie_side_by_side(hub: FakeHub, model: Path, tmp_path: Path) -> None:
    hub.publish(NAME, model)
    second = save(*masked_lm("bert", seed=2), tmp_path / "second")
    hub.publish(NAME, second, OTHER_COMMIT, "v2")
    first = esplade.Encoder.load(NAME, online=True)
    with pytest.raises(NotInCache, match="lab/splade-tiny@v2"):
        esplade.Encoder.load(f"{NAME}@v2")
    other = esplade.Encoder.load(f"{NAME}@v2", online=True)
    assert other.source == {"hub": NAME, "revision": "v2", "commit": OTHER_COMMIT}
    assert other.fingerprint != first.fingerprint and other.name == "splade-tiny@v2"
    assert esplade.Encoder.load(f"{NAME}@{COMMIT}").fingerprint == first.fingerprint


def test_a_folder_and_names_that_are_known_go_before_the_hub(
    hub: FakeHub, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    save(*masked_lm("bert"), tmp_path / "lab" / "splade-tiny")
    assert locate(NAME).folder == Path(NAME) and locate(NAME).source == {}
    assert locate("pydoc-tiny").name == "pydoc-tiny"
    made = esplade.Encoder.load(model).text_encoder
    monkeypatch.setitem(ENCODERS._known, "lab/made", lambda: made)
    assert esplade.Encoder.load("lab/made", online=True).text_encoder is made
    with pytest.raises(InputError, match="There is no folder elsewhere/encoder"):
        esplade.Encoder.load("elsewhere/encoder")
    with pytest.raises(InputError, match="There is no folder one/two/three"):
        esplade.Encoder.load("one/two/three", online=True)
    assert hub.asked == []


def test_what_is_left_of_documents_is_said(
    hub: FakeHub, model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hub.publish(NAME, model)
    documents = {"d1": {"title": "the cat", "text": "it sat on a mat"}}
    data = esplade.Dataset.from_dicts(documents, {"q1": "cat"}, {"q1": {"d1": 1}})
    note = "the title is taken, and the text is not"
    for encoder, fields, said in (
        (NAME, None, True),
        (NAME, "title", False),
        (NAME, "title+text", False),
        ("pydoc-tiny", None, False),
    ):
        esplade.encode(
            encoder, data, tmp_path / "v", fields=fields, online=encoder == NAME, overwrite=True
        )
        assert (note in capsys.readouterr().err) == said, (encoder, fields)


def test_vectors_record_the_commit(hub: FakeHub, model: Path, tmp_path: Path) -> None:
    hub.publish(NAME, model)
    texts = {"d1": "the cat", "d2": "a dog"}
    data = esplade.Dataset.from_dicts(texts, {"q1": "cat"}, {"q1": {"d1": 1}}, language="en")
    esplade.encode(NAME, data, tmp_path / "vectors", online=True)
    facts = vectors_facts(tmp_path / "vectors")["encoder"]
    assert (facts["name"], facts["hub"], facts["commit"]) == ("splade-tiny", NAME, COMMIT)
    # The same weights in a folder make the same vectors: nothing is encoded again.
    found = esplade.sweep(data, [NAME], "0:0", tmp_path / "sweep", measures="RR@10", bm25=False)
    assert found.table()["system"].tolist() == ["splade-tiny"]
    facts = vectors_facts(tmp_path / "sweep" / "vectors" / "splade-tiny" / "docs")["encoder"]
    assert facts["commit"] == COMMIT
    assert list(esplade.inspect(["the cat"], [NAME])[0].by_encoder) == ["splade-tiny"]
    numbers = esplade.statistics([NAME], data)["splade-tiny"]
    assert numbers["source"]["commit"] == COMMIT
    assert esplade.export_encoder(NAME, tmp_path / "exported") == "plain"


def answer(status: int) -> Any:
    return httpx.Response(status, request=httpx.Request("GET", "https://huggingface.co/api"))


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (errors.GatedRepoError("403", response=answer(403)), "is gated: .* `hf auth login`"),
        (errors.RepositoryNotFoundError("404", response=answer(404)), "There is no model lab/"),
        (errors.RevisionNotFoundError("404", response=answer(404)), "has no revision 'v9'"),
        (errors.LocalEntryNotFoundError("no connection"), "cannot be reached"),
        (httpx.ConnectError("Name or service not known"), "cannot be reached"),
        (httpx.ReadTimeout("timed out"), "cannot be reached"),
        (errors.HfHubHTTPError("500 oops", response=answer(500)), "refused lab/.* 500 oops"),
        (OSError(28, "No space left on device"), "cannot be kept .* HF_HOME"),
    ],
)
def test_what_the_hub_answers_is_one_paragraph(
    error: Exception, message: str, hub: FakeHub, model: Path
) -> None:
    hub.fails = error
    with pytest.raises(InputError, match=message) as raised:
        esplade.Encoder.load(f"{NAME}@v9", online=True)
    assert "\n" not in str(raised.value)


def test_only_the_users_own_word_keeps_the_hub_away(
    hub: FakeHub, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.publish(NAME, model)
    offline()
    assert os.environ["HF_HUB_OFFLINE"] == "1"
    esplade.Encoder.load(NAME, online=True)
    assert os.environ["HF_HUB_OFFLINE"] == "1"
    monkeypatch.setattr("esplade.hub._ours", False)
    with (
        pytest.raises(InputError, match="HF_HUB_OFFLINE=1 in the environment forbids it"),
        reaching(),
    ):
        pass
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    monkeypatch.setenv("TRANSFORMERS_OFFLINE", "1")
    with pytest.raises(InputError, match="TRANSFORMERS_OFFLINE=1"), reaching():
        pass
    assert json.dumps(esplade.Encoder.load(NAME).source)
