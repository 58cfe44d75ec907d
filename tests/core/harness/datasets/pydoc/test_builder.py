"""pydoc built from a small world made by hand, and (slow) from the installed packages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from repository import ROOT

from ground.artifacts import file_digest
from ground.errors import InputError
from harness.datasets import load_dataset, pydoc, read_qrels, read_topics
from harness.datasets.check import check
from harness.datasets.pydoc import builder, locate
from harness.datasets.pydoc.locate import SourceFile


@pytest.mark.slow
def test_build_of_a_small_world_is_reproducible(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "pkg.py"
    source.write_text(
        '"""A module about sorting.\n\nEqual elements keep their order relative to others.\n"""\n'
    )
    file = SourceFile(locate.STDLIB, "pkg", str(source), False)
    monkeypatch.setattr(locate, "stdlib_files", lambda: [file])
    monkeypatch.setattr(locate, "package_files", lambda name: [])
    for name in ("one", "two"):
        builder.build(tmp_path / name, processes=1)
    for path in ("corpus.jsonl", "queries.jsonl", "general.txt.gz", "dataset.json"):
        assert (tmp_path / "one" / path).read_bytes() == (tmp_path / "two" / path).read_bytes()
    dataset = load_dataset(tmp_path / "one")
    assert [d.title for d in dataset.docs()] == ["pkg: A module about sorting"]
    assert dataset.language == "en"


@pytest.mark.slow
def test_the_installed_packages() -> None:
    dataset = load_dataset("pydoc")
    assert pydoc.is_built()
    documents = {d.id: d for d in dataset.docs()}
    assert 10_000 < len(documents) < 30_000
    assert documents["numpy.linalg.norm"].title == "numpy linalg norm: Matrix or vector norm"
    assert "torch.nn.Linear" in documents and "json.dumps" in documents
    assert 800 < len(dataset.queries("test")) <= 1500
    assert len(dataset.queries("train")) > 4000
    relevant = {s: set(dataset.qrels(s)["doc_id"]) for s in dataset.splits}
    assert not relevant["train"] & relevant["test"] and not relevant["dev"] & relevant["test"]
    assert sum(len(t) for t in dataset.general_texts()) > 2_000_000
    assert check(pydoc.cache_folder()).errors == 0
    card = json.loads((pydoc.cache_folder() / "dataset.json").read_text())
    assert card["counts"]["documents"] == len(documents)


@pytest.mark.long
def test_the_installed_packages_give_the_same_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = load_dataset("pydoc").digest()
    monkeypatch.setenv("ESPLADE_CACHE", str(tmp_path))
    assert not pydoc.is_built()
    assert load_dataset("pydoc").digest() == built
    assert pydoc.is_built() and pydoc.cache_folder().parent == tmp_path


def test_the_published_card_fits_its_files() -> None:
    published = ROOT / "qrels" / "pydoc"
    card = json.loads((published / "card.json").read_text(encoding="utf-8"))
    assert file_digest(published / "test.tsv") == card["sha256"]["qrels/test.tsv"]
    judged = read_qrels(published / "test.tsv")
    assert len(judged) == card["counts"]["judgments"]["test"]
    assert set(read_topics(published / "topics.test.tsv")) == set(judged["query_id"])


@pytest.mark.slow
def test_a_cache_that_cannot_be_written(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("ESPLADE_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(InputError, match="file/cache.*ESPLADE_CACHE"):
        builder.cached()
    monkeypatch.delenv("ESPLADE_CACHE")

    def nobody():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", nobody)
    with pytest.raises(InputError, match="no home folder.*ESPLADE_CACHE"):
        builder.cached()
