"""Names that a file system does not take, folders with spaces, and names that are not ASCII."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from commandline import Collection, Esplade
from repository import ROOT

from harness.report.points import load_points


@pytest.fixture
def place(collection: Collection, tmp_path: Path) -> Path:
    """A folder with spaces and other letters, with the collection in it."""
    folder = tmp_path / "my data äöü 데이터 🙂"
    shutil.copytree(collection.folder, folder / "die Sammlung")
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("name", ["../a/b", "con", "x" * 300, "BM25", 'a "b" <c>: d'])
def test_a_system_of_any_name(esplade: Esplade, place: Path, name: str) -> None:
    data, out = place / "die Sammlung", place / "sweep"
    words = ["sweep", "--dataset", data, "--out", out, "--grid", "0:0,3:4", "--name", name]
    words += ["--vectors", data / "documents.vectors.jsonl"]
    words += ["--queries", data / "queries.vectors.jsonl", "--quiet"]
    answer = esplade(*words)
    assert answer.code == 0, answer.err
    assert sorted(path.name for path in place.iterdir()) == ["die Sammlung", "sweep"]
    points = load_points(out)
    assert [point.system for point in points] == ["BM25", name, name]
    assert all(point.run and point.run.is_file() for point in points)
    again = esplade(*words[:-1])
    assert again.code == 0 and again.err.count(": kept") == 6


@pytest.mark.slow
def test_all_steps_where_names_have_spaces(esplade: Esplade, place: Path) -> None:
    data, vectors, index = place / "die Sammlung", place / "Vektoren 1", place / "색인 1"
    shutil.copytree(ROOT / "encoders" / "pretrained" / "pydoc-tiny", place / "mein Encoder")
    encoder, run = place / "mein Encoder", place / "lauf 1.trec"
    for words in (
        ("encode", "--encoder", encoder, "--dataset", data, "--out", vectors),
        ("index", "--vectors", vectors, "--index", index, "--dk", 5),
        ("search", "--index", index, "--encoder", encoder, "--dataset", data, "--run", run),
        ("sweep", "--encoder", encoder, "--dataset", data, "--grid", "5:5", "--out", place / "s 1"),
        ("compare", run, place / "s 1", "--dataset", data, "--out", place / "tab elle.md"),
        ("runs", "list", place),
    ):
        answer = esplade(*words)
        assert answer.code == 0, (words, answer.err)
    assert "mein Encoder" in (place / "tab elle.md").read_text(encoding="utf-8")
    found = json.loads(esplade("runs", "list", place, "--json").out)["results"]
    assert {one["kind"] for one in found} == {"sweep", "run", "index", "vectors", "encoder"}
