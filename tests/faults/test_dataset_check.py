"""`esplade data check` goes on after a fault, and tells all of them."""

from __future__ import annotations

import json
from pathlib import Path

from beir_folders import GOOD, HEADER, folder_of

from harness.datasets.check import EXAMPLES, check


def faulty(tmp_path: Path) -> Path:
    corpus = GOOD + '{"_id": "d2"}\n{broken\n' + '{"_id": "d1", "title": "x", "text": "y"}\n' * 25
    queries = '{"_id": "q1", "text": " "}\n{"_id": "q2", "text": "x"}\n{"_id": "q3", "text": "x"}\n'
    qrels = HEADER + "q1\td1\t1\nq2\td9\t0\nq8\td1\t1\nq1\td1\t2\nq1\td1\nq1\td2\t1\n"
    return folder_of(tmp_path, corpus, queries, qrels)


def test_check_reports_everything(tmp_path: Path) -> None:
    report = check(faulty(tmp_path))
    assert {f.kind: (f.severity, f.count) for f in report.faults.values()} == {
        "document with an empty title": ("warning", 1),
        "document with neither title nor text": ("warning", 1),
        "malformed record": ("error", 1),
        "duplicate id": ("error", 25),
        "empty query": ("warning", 1),
        "judgment of an unknown document": ("error", 1),
        "judgment of an unknown query": ("error", 1),
        "conflicting judgments": ("error", 1),
        "malformed judgment": ("error", 1),
        "query without a relevant document": ("warning", 1),
        "query without judgments": ("warning", 1),
    }
    assert len(report.faults["duplicate id"].examples) == EXAMPLES
    assert report.faults["duplicate id"].examples[0].endswith("line 4: d1 (first on line 1)")
    assert report.faults["judgment of an unknown document"].examples[0].endswith("line 3: d9")


def test_check_warns_of_judgments_that_are_given_twice(tmp_path: Path) -> None:
    report = check(folder_of(tmp_path, qrels=HEADER + "q1\td1\t1\nq1\td1\t1\nq1\td1\t01\n"))
    fault = report.faults["judgment that is given twice"]
    assert (fault.severity, fault.count) == ("warning", 2)
    assert fault.examples[0].endswith("test.tsv, line 3: q1 d1")
    assert report.errors == 0


def test_check_reads_as_far_as_it_can(tmp_path: Path) -> None:
    corpus = GOOD + '{"_id": "d2", "text": "x", "text": "y"}\n\0\n{"_id": "d3", "title": "x"}\n'
    queries = '{"_id": "q1", "query": "x"}\n'
    report = check(folder_of(tmp_path, corpus, queries, HEADER + "q1\td1\t1\n\xe9\n\x00"))
    assert {kind: fault.examples[0].rpartition("/")[2][:40] for kind, fault in report.faults.items()
            if fault.severity == "error"} == {
        "malformed record": 'corpus.jsonl, line 2: the name "text" st',
        "file that cannot be read on": "corpus.jsonl, line 3: a NUL byte, which ",
        "content in unknown fields": "queries.jsonl, line 1: the record has no",
        "malformed judgment": "test.tsv, line 3: 1 columns, where the f",
    }  # fmt: skip
    assert report.faults["file that cannot be read on"].count == 2


def test_a_collection_of_titles_lacks_no_text(tmp_path: Path) -> None:
    corpus = '{"_id": "d1", "title": "x"}\n{"_id": "d2", "title": ""}\n'
    report = check(folder_of(tmp_path, corpus))
    kinds = {kind: fault.count for kind, fault in report.faults.items() if "document" in kind}
    assert kinds["document with an empty title"] == 1
    assert "document with an empty text" not in kinds


def test_check_command(tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from esplade.cli.data import app

    runner = CliRunner()
    result = runner.invoke(app, ["check", str(faulty(tmp_path)), "--json"])
    assert result.exit_code == 2
    assert json.loads(result.stdout)["errors"] == 30
    clean = tmp_path / "clean"
    clean.mkdir()
    result = runner.invoke(app, ["check", str(folder_of(clean))])
    assert result.exit_code == 0
    assert "0 errors, 0 warnings" in result.stdout
    result = runner.invoke(app, ["show", str(clean)])
    assert "documents  1, 1.0 words" in result.stdout
