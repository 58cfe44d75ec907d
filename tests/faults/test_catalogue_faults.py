"""Data sets of ir_datasets are held to what files are held to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from registered import DOCS, QRELS, QUERIES, Passage, Qrel, Query, SubQrel, Titled, register

from ground.errors import InputError
from harness.datasets import Document, load_dataset
from harness.datasets.check import check
from harness.datasets.contents import Contents


@pytest.mark.parametrize(
    ("qrels", "message"),
    [
        (
            [Qrel("q1", "d1", 1), Qrel("q1", "d1", 0)],
            "irds:tiny, judgment 2: query 'q1' and document 'd1' are judged 0 here and 1 before",
        ),
        (
            [SubQrel("q1", "d1", 1, "1"), SubQrel("q1", "d1", 0, "2")],
            "judgment 2: query 'q1' and document 'd1' are judged 0 for subtopic 2 and 1 for "
            "subtopic 1",
        ),
        ([Qrel("q1", "d1", 0.5)], "judgment 1: the grade '0.5' is not a whole number"),
        ([Qrel("q1", "d1", float("nan"))], "the grade 'nan' is not a whole number"),
        ([Qrel("q1", "d1", float("inf"))], "the grade 'inf' is not a whole number"),
        ([Qrel("q1", "d1", None)], "the grade 'None' is not a whole number"),
        ([Qrel("q1", "d1", "1")], "the grade '1' is not a whole number"),
        ([Qrel("q1", "d1", True)], "the grade 'True' is not a whole number"),
        ([Qrel("q1", "d1", 2**63)], "is beyond 1,000,000"),
        ([Qrel("q1", "d 1", 1)], "judgment 1: the id 'd 1' is empty or holds white space"),
        ([Qrel("", "d1", 1)], "the id '' is empty"),
        ([], "irds:tiny holds no judgments in split 'test'"),
    ],
)
def test_judgments(monkeypatch: pytest.MonkeyPatch, qrels: list[Any], message: str) -> None:
    register(monkeypatch, qrels=qrels)
    with pytest.raises(InputError, match=message):
        load_dataset("irds:tiny").qrels()


def test_judgments_that_agree_are_kept_once(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [Qrel("q1", "d1", 2), Qrel("q1", "d1", 2.0), Qrel("q1", "d2", 0)]
    subtopics = [SubQrel("q1", "d1", 2, "1"), SubQrel("q1", "d1", 2, "2"), Qrel("q1", "d2", 0)]
    for qrels in (rows, subtopics):
        register(monkeypatch, qrels=qrels)
        found = load_dataset("irds:tiny").qrels()
        assert found.values.tolist() == [["q1", "d1", 2], ["q1", "d2", 0]]
        assert found["relevance"].dtype == "int64"


@pytest.mark.parametrize(
    ("queries", "message"),
    [
        (
            [Query("q1", "first"), Query("q1", "second")],
            "irds:tiny, query 2: the id 'q1' was on query 1 already",
        ),
        ([Query("q\t1", "first")], "query 1: the id 'q\\\\t1' is empty or holds white space"),
        ([Query("q1", ["first"])], "query 1: field 'text' is a list"),
        ([Query("q2", "second")], "judgments in split 'test' for 1 queries without a text"),
        ([], "irds:tiny has no queries"),
    ],
)
def test_queries(monkeypatch: pytest.MonkeyPatch, queries: list[Any], message: str) -> None:
    register(monkeypatch, queries=queries)
    with pytest.raises(InputError, match=message):
        load_dataset("irds:tiny").queries()


@pytest.mark.parametrize(
    ("docs", "message"),
    [
        ([*DOCS, Passage("d1", "x")], "irds:tiny, document 3: the id 'd1' was on document 1"),
        ([Passage("d 1", "x")], "document 1: the id 'd 1' is empty or holds white space"),
        ([Passage("d\ud83d", "x")], "half a character"),
        ([Passage("é" * 16_384, "x")], "has 32,768 bytes, and an index holds .* 32,766"),
        ([Titled("d1", ["a", "b"], "x")], "document 1: field 'title' is a list"),
        ([Passage("d1", b"bytes")], "field 'text' is a bytes"),
        ([], "irds:tiny holds no documents: the collection is empty"),
    ],
)
def test_documents(monkeypatch: pytest.MonkeyPatch, docs: list[Any], message: str) -> None:
    register(monkeypatch, docs=docs)
    with pytest.raises(InputError, match=message):
        list(load_dataset("irds:tiny").docs())


def test_plain_passages_are_texts_and_half_characters_are_mended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    register(monkeypatch, docs=[Passage("d1", "a \ud83d"), Titled("d2", None, "b")])
    data = load_dataset("irds:tiny")
    assert list(data.docs()) == [Document("d1", "", "a \ud83d"), Document("d2", "", "b")]
    with pytest.raises(InputError, match="give --fields text"):
        Contents(data, "title")
    contents = Contents(data, "text")
    assert list(contents) == [("d1", "a ?"), ("d2", "b")]
    assert contents.facts() == {"documents": 2, "empty": 0, "half_characters": 1}


def test_without_judgments(monkeypatch: pytest.MonkeyPatch) -> None:
    register(monkeypatch, qrels=None)
    data = load_dataset("irds:tiny")
    assert data.splits == ()
    assert len(list(data.docs())) == 2
    assert data.queries() == {"q1": "first"}
    with pytest.raises(InputError, match="irds:tiny has no judgments.*Choose an id with qrels"):
        data.qrels()


def test_check_goes_on_after_a_fault(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    docs = [*DOCS, Passage("d 3", "x"), Passage("d1", ""), Titled("d4", "t", "u")]
    queries = [*QUERIES, Query("q1", "again"), Query("q2", " "), Query("d4", "a document")]
    qrels = [
        *QRELS,
        Qrel("q1", "d1", 0),
        Qrel("q1", "d9", 1),
        Qrel("q2", "d1", 0),
        Qrel("q1", "d2", 0.5),
        Qrel("q8", "d1", 1),
    ]
    register(monkeypatch, docs, queries, qrels)
    report = check("irds:tiny")
    assert report.counts == {"documents": 3, "queries": 3, "judgments": {"test": 4}}
    assert {f.kind: (f.severity, f.count) for f in report.faults.values()} == {
        "document with an empty text": ("warning", 1),
        "document with neither title nor text": ("warning", 1),
        "malformed record": ("error", 1),
        "duplicate id": ("error", 2),
        "empty query": ("warning", 1),
        "query ids that are also document ids": ("warning", 1),
        "conflicting judgments": ("error", 1),
        "judgment of an unknown document": ("error", 1),
        "malformed judgment": ("error", 1),
        "judgment of an unknown query": ("error", 1),
        "query without a relevant document": ("warning", 1),
        "query without judgments": ("warning", 1),
    }
    places = report.faults["duplicate id"].examples
    assert places[0] == "irds:tiny, document 4: d1 (first on document 1)"
    assert places[1] == "irds:tiny (test), query 2: q1 (first on query 1)"
    from typer.testing import CliRunner

    from esplade.cli.data import app

    result = CliRunner().invoke(app, ["check", "irds:tiny", "--json"])
    assert result.exit_code == 2
    assert json.loads(result.stdout)["errors"] == report.errors == 7


def test_check_of_what_is_in_order_or_not_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    register(monkeypatch, docs=[Titled("d1", "t", "u")])
    assert not check("irds:tiny").faults
    register(monkeypatch, docs=[Titled("d1", "t", "u")], qrels=None)
    report = check("irds:tiny")
    assert (report.errors, list(report.faults)) == (0, ["no judgments"])


def test_the_library_itself(tmp_path: Path) -> None:
    library = pytest.importorskip("ir_datasets")
    from ir_datasets.formats import TsvDocs, TsvQueries
    from ir_datasets.formats.trec import TrecQrels
    from ir_datasets.util import LocalDownload

    files = {"docs.tsv": "d1\tone\nd2\ttwo\n", "queries.tsv": "q1\tfirst\nq1\tsecond\n"}
    files["qrels.txt"] = "q1 0 d1 1\nq1 0 d1 0\n"
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    docs, queries, qrels = (LocalDownload(tmp_path / name) for name in files)
    made = library.Dataset(
        TsvDocs(docs, lang="en"), TsvQueries(queries, lang="en"), TrecQrels(qrels, {0: "n", 1: "y"})
    )
    library.registry.register("esplade-tried", made)
    data = load_dataset("irds:esplade-tried")
    assert [d.text for d in data.docs()] == ["one", "two"]
    with pytest.raises(InputError, match="judged 0 here and 1 before"):
        data.qrels()
    assert {"duplicate id", "conflicting judgments"} <= check("irds:esplade-tried").faults.keys()
