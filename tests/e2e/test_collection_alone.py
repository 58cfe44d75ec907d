"""A collection without judgments, or without queries: what does not need them works."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commandline import Esplade

from harness.vectors import read_vectors


@pytest.fixture
def alone(tmp_path: Path) -> Path:
    folder = tmp_path / "alone"
    folder.mkdir()
    titles = ("remove duplicate rows", "sort a list of numbers", "read a file")
    lines = (
        json.dumps({"_id": f"d{n}", "title": t, "text": ""}) + "\n" for n, t in enumerate(titles)
    )
    (folder / "corpus.jsonl").write_text("".join(lines))
    texts = '{"_id": "q1", "text": "drop rows"}\n{"_id": "q2", "text": "sort numbers"}\n'
    (folder / "queries.jsonl").write_text(texts)
    return folder


def test_bm25_of_queries_that_nobody_has_judged(
    esplade: Esplade, alone: Path, tmp_path: Path
) -> None:
    index, run = tmp_path / "index", tmp_path / "run.trec"
    assert esplade("index", "--bm25", "--dataset", alone, "--index", index).code == 0
    answer = esplade("search", "--index", index, "--dataset", alone, "--run", run)
    assert answer.code == 0, answer.err
    found = [line.split()[:3:2] for line in run.read_text().splitlines()]
    assert found == [["q1", "d0"], ["q2", "d1"]]
    assert esplade("vocab", "--dataset", alone, "--out", tmp_path / "words").code == 0
    shown = esplade("data", "show", alone)
    assert shown.code == 0 and "documents  3" in shown.out
    checked = esplade("data", "check", alone)
    assert checked.code == 0 and "judgments: none" in checked.out
    (alone / "queries.jsonl").unlink()
    again = esplade("index", "--bm25", "--dataset", alone, "--index", index, "--overwrite")
    assert again.code == 0, again.err
    asked = esplade("search", "--index", index, "--dataset", alone, "--run", tmp_path / "other")
    assert (asked.code, "has no queries.jsonl" in asked.err) == (2, True)


def test_what_needs_judgments_refuses(esplade: Esplade, alone: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run = tmp_path / "run.trec"
    run.write_text("q1 Q0 d0 1 1.0 x\n")
    for asked in (
        ("score", "--run", run, "--dataset", alone),
        ("mine", "--bm25", "--dataset", alone, "--out", out),
        ("sweep", "--encoder", "pydoc-tiny", "--dataset", alone, "--out", out),
    ):
        answer = esplade(*asked)
        assert answer.code == 2, answer.err
        assert "has no judgments, and this needs them" in answer.err
        assert "Add qrels/" in answer.err
        assert not out.exists()


@pytest.mark.slow
def test_encoding_needs_neither(esplade: Esplade, alone: Path, tmp_path: Path) -> None:
    common = ("--encoder", "pydoc-tiny", "--dataset", alone)
    for part, ids in (("docs", ["d0", "d1", "d2"]), ("queries", ["q1", "q2"])):
        answer = esplade("encode", *common, "--part", part, "--out", tmp_path / part)
        assert answer.code == 0, answer.err
        assert read_vectors(tmp_path / part).ids == ids
    assert esplade("stats", *common).code == 0
    shown = esplade("inspect", *common)
    assert shown.code == 0 and "sort numbers" in shown.out and "read a file" in shown.out
    (alone / "queries.jsonl").unlink()
    assert esplade("encode", *common, "--out", tmp_path / "again").code == 0
    shown = esplade("inspect", *common)
    assert shown.code == 0 and "read a file" in shown.out
