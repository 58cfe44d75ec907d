"""Bad input: exit code 2, one paragraph that says what, where and the remedy, nothing written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commandline import Answer, Collection, Esplade

GOOD = '{"id": "d1", "contents": "", "vector": {"a": 1}}\n'


def refused(answer: Answer, *words: object) -> None:
    assert answer.code == 2, (answer.code, answer.err)
    message = answer.err.rstrip("\n").rpartition("\n")[2]
    assert message.startswith("esplade: ")
    assert "Traceback" not in answer.err
    for word in words:
        assert str(word) in message


@pytest.mark.parametrize(
    ("line", "options", "words"),
    [
        ('{"id": "d2", "vector": {"a": 1', (), ["line 2", "malformed JSON"]),
        ('{"vector": {"a": 1}}', (), ["line 2", "has no id"]),
        (GOOD, (), ["line 2", "'d1'", "line 1"]),
        ('{"id": "d2", "vector": {"a": NaN}}', (), ["line 2", "'d2'", "NaN"]),
        ('{"id": "d2", "vector": {"a": Infinity}}', (), ["line 2", "'d2'", "Infinity"]),
        ('{"id": "d2", "vector": {"a": -1}}', (), ["line 2", "'d2'", "'a'", "negative"]),
        ('{"id": "d2", "vector": {"a b": 1}}', (), ["line 2", "'d2'", "white space"]),
        ('{"id": "d2", "vector": {"a": 1.5}}', ("--quantize", "none"), ["'d2'", "'a'", "scale"]),
        ('{"id": "d2", "vector": {"a": 1}}', ("--quantize", "8"), ["'8'", "scale:100"]),
    ],
)
def test_vectors(
    esplade: Esplade, tmp_path: Path, line: str, options: tuple[str, ...], words: list[str]
) -> None:
    vectors = tmp_path / "v.jsonl"
    vectors.write_text(GOOD + line + "\n")
    asked = ("index", "--vectors", vectors, "--index", tmp_path / "index", *options)
    refused(esplade(*asked), *words)
    assert [p.name for p in tmp_path.iterdir()] == ["v.jsonl"]


def test_an_empty_collection(esplade: Esplade, tmp_path: Path) -> None:
    (tmp_path / "v.jsonl").write_text("")
    asked = ("index", "--vectors", tmp_path / "v.jsonl", "--index", tmp_path / "index")
    refused(esplade(*asked), "empty", "v.jsonl")
    assert not (tmp_path / "index").exists()


@pytest.fixture
def index(esplade: Esplade, collection: Collection, tmp_path: Path) -> Path:
    assert (
        esplade("index", "--vectors", collection.documents, "--index", tmp_path / "index").code == 0
    )
    return tmp_path / "index"


def test_queries_of_another_vocabulary(esplade: Esplade, index: Path, tmp_path: Path) -> None:
    queries = tmp_path / "q.jsonl"
    queries.write_text('{"id": "q1", "vector": {"unheard": 1.5, "of": 2}}\n')
    run = tmp_path / "run.trec"
    answer = esplade("search", "--index", index, "--queries", queries, "--run", run)
    refused(answer, "another vocabulary", "'of'")
    assert not run.exists()


def test_an_index_that_is_not_ours(
    esplade: Esplade, collection: Collection, index: Path, tmp_path: Path
) -> None:
    asked = ("--queries", collection.queries, "--run", tmp_path / "run.trec")
    (tmp_path / "folder").mkdir()
    refused(esplade("search", "--index", tmp_path / "folder", *asked), "MANIFEST", "folder")
    next(index.glob("*.doc")).unlink()
    refused(esplade("search", "--index", index, *asked), index, "build it again")
    assert not (tmp_path / "run.trec").exists()


def test_an_index_of_other_vectors(
    esplade: Esplade, collection: Collection, index: Path, tmp_path: Path
) -> None:
    (tmp_path / "v.jsonl").write_text(GOOD)
    run = tmp_path / "run.trec"
    asked = ("search", "--index", index, "--queries", collection.queries, "--run", run)
    refused(esplade(*asked, "--vectors", tmp_path / "v.jsonl"), "other vectors", index)
    assert not run.exists()
    assert esplade(*asked, "--vectors", collection.documents).code == 0


def test_judgments_with_the_wrong_columns(
    esplade: Esplade, collection: Collection, tmp_path: Path
) -> None:
    run, qrels = tmp_path / "run.trec", tmp_path / "qrels.tsv"
    run.write_text("q0 Q0 d000 1 3 mine\n")
    qrels.write_text("query-id\tcorpus-id\tscore\nq0\td000\n")
    refused(esplade("score", "--run", run, "--qrels", qrels), "line 2", qrels)


def test_a_run_with_a_duplicate_document(
    esplade: Esplade, collection: Collection, tmp_path: Path
) -> None:
    run = tmp_path / "run.trec"
    run.write_text("q0 Q0 d000 1 3 mine\nq0 Q0 d000 2 2 mine\n")
    refused(esplade("score", "--run", run, "--qrels", collection.qrels), "line 2", "d000", "q0")


def test_debug_shows_the_traceback(esplade: Esplade, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="does not exist"):
        esplade("--debug", "index", "--vectors", tmp_path / "none", "--index", tmp_path / "i")


def test_json_answers_are_one_object(
    esplade: Esplade, collection: Collection, tmp_path: Path
) -> None:
    asked = ("index", "--vectors", collection.documents, "--index", tmp_path / "i", "--json")
    facts = json.loads(esplade(*asked).out)
    assert facts["documents"] == 61
    assert facts["quantise"] == "scale:100"


def test_queries_given_twice(esplade: Esplade, tmp_path: Path) -> None:
    vectors = tmp_path / "v.jsonl"
    vectors.write_text(GOOD)
    assert esplade("index", "--vectors", vectors, "--index", tmp_path / "i").code == 0
    asked = ("search", "--index", tmp_path / "i", "--queries", vectors)
    for more in (("--dataset", tmp_path), ("--text", "a")):
        refused(esplade(*asked, *more, "--run", tmp_path / "r"), "twice", more[0])
    for empty in ("", ".", "/"):
        refused(esplade(*asked, "--run", empty), "Name a file")
