"""``esplade data import``: tables become a folder in BEIR's layout."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commandline import Esplade

import esplade as api

DOCS = 'docno,title\nd1,Sort a list\nd2,"Read a file,\nline by line"\nd3,Open a socket\n'
QUERIES = "qid,query\nq1,sorting\nq2,reading\n"
QRELS = "qid,docno,label\nq1,d1,1\n"


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    folder = tmp_path / "tables"
    folder.mkdir()
    for name, text in (("docs", DOCS), ("queries", QUERIES), ("qrels", QRELS)):
        (folder / f"{name}.csv").write_text(text)
    (folder / "train.qrels").write_text("q2 0 d2 1\n")
    return folder


def given(tables: Path) -> tuple[object, ...]:
    return (
        *("data", "import", "--docs", tables / "docs.csv", "--queries", tables / "queries.csv"),
        *("--qrels", tables / "qrels.csv", "--train", tables / "train.qrels"),
        *("--name", "small", "--language", "en"),
    )


def test_tables_become_a_data_set(esplade: Esplade, tables: Path, tmp_path: Path) -> None:
    answer = esplade(*given(tables), "--out", tmp_path / "data", "--json")
    assert answer.code == 0, answer.err
    facts = json.loads(answer.out)
    assert facts["documents"] == 3 and facts["language"] == "en" and facts["name"] == "small"
    assert facts["splits"]["train"] == {"queries": 1, "judgments": 1, "grades": [1]}
    dataset = api.load_dataset(tmp_path / "data")
    assert dataset.splits == ("train", "test") and dataset.queries() == {"q1": "sorting"}
    assert [d.title for d in dataset.docs()][1] == "Read a file,\nline by line"
    again = esplade(*given(tables), "--out", tmp_path / "data")
    assert again.code == 2 and "--overwrite" in again.err
    assert esplade(*given(tables), "--out", tmp_path / "data", "--overwrite").code == 0
    assert "small" in esplade("data", "show", tmp_path / "data").out


def test_columns_are_named(esplade: Esplade, tmp_path: Path) -> None:
    (tmp_path / "papers.tsv").write_text("number\theadline\n1\tone\n2\ttwo\n")
    asked = ("data", "import", "--docs", tmp_path / "papers.tsv", "--out", tmp_path / "data")
    answer = esplade(*asked)
    assert answer.code == 2 and "papers.tsv" in answer.err and "no column 'doc_id'" in answer.err
    named = (*asked, "--column", "doc_id=number", "--column", "title=headline")
    assert esplade(*named).code == 0
    dataset = api.load_dataset(tmp_path / "data")
    assert dataset.name == "papers" and [d.id for d in dataset.docs()] == ["1", "2"]
    for wrong in ("title", "=x", "title="):
        answer = esplade(*asked, "--column", wrong)
        assert answer.code == 2 and "OURS=YOURS" in answer.err


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("docs.csv", DOCS + "d1,Sort\n", ["docs.csv, line 6: the id 'd1' was on line 2"]),
        ("docs.csv", DOCS + "d 4,Sort\n", ["docs.csv, line 6", "white space"]),
        ("docs.csv", DOCS + "d4\n", ["docs.csv, line 6", "1 cells"]),
        ("docs.csv", "docno,title\n", ["docs.csv", "no document"]),
        ("queries.csv", QUERIES + "q2,again\n", ["queries.csv, line 4", "'q2'", "line 3"]),
        ("queries.csv", QUERIES.replace("query", "words"), ["queries.csv", "'query'", "'words'"]),
        ("qrels.csv", QRELS + "q1,d2,high\n", ["qrels.csv, line 3", "'high'"]),
        ("qrels.csv", QRELS + "q1,d1,0\n", ["qrels.csv, line 3", "judged 0 here and 1 before"]),
        ("qrels.csv", QRELS + "q9,d1,1\n", ["'q9'", "without a text"]),
        ("train.qrels", "q2 0 d2 x\n", ["train.qrels, line 1"]),
    ],
)
def test_what_is_wrong_is_told_with_its_line(
    esplade: Esplade, tables: Path, tmp_path: Path, file: str, text: str, words: list[str]
) -> None:
    (tables / file).write_text(text)
    answer = esplade(*given(tables), "--out", tmp_path / "data")
    assert answer.code == 2 and "Traceback" not in answer.err
    for word in words:
        assert word in answer.err
    assert [path.name for path in tmp_path.iterdir()] == ["tables"]


def test_tables_are_never_written_over(esplade: Esplade, tables: Path) -> None:
    (tables / "corpus.jsonl").write_text("")
    before = sorted(path.name for path in tables.iterdir())
    answer = esplade(*given(tables), "--out", tables, "--overwrite")
    assert answer.code == 2
    assert sorted(path.name for path in tables.iterdir()) == before
