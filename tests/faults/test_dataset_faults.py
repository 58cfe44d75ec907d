"""Every fault of a data set is told with its file and line."""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path

import pytest

from harness.datasets import load_dataset, load_trec, read_qrels, read_topics
from harness.datasets.check import EXAMPLES, check
from harness.errors import InputError

GOOD = '{"_id": "d1", "title": "one"}\n'
HEADER = "query-id\tcorpus-id\tscore\n"


def folder_of(
    tmp_path: Path,
    corpus: str = GOOD,
    queries: str = '{"_id": "q1", "text": "x"}\n',
    qrels: str = HEADER + "q1\td1\t1\n",
) -> Path:
    (tmp_path / "qrels").mkdir(exist_ok=True)
    (tmp_path / "corpus.jsonl").write_text(corpus, encoding="utf-8")
    (tmp_path / "queries.jsonl").write_text(queries, encoding="utf-8")
    (tmp_path / "qrels" / "test.tsv").write_text(qrels, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"_id": "d2", "title": ', "malformed JSON"),
        ('["d2"]', "a JSON list"),
        ('{"title": "two"}', "the id is missing"),
        ('{"_id": "", "title": "two"}', "the id is ''"),
        ('{"_id": 1.5, "title": "two"}', "the id is 1.5"),
        ('{"_id": true, "title": "two"}', "the id is True"),
        ('{"_id": "d 2", "title": "two"}', "holds white space"),
        ('{"_id": "d\\u30002", "title": "two"}', "holds white space"),
        ('{"_id": "d1", "title": "again"}', "was on line 1 already"),
        ('{"_id": "d2", "title": ["two"]}', "field 'title' is a list"),
        ('{"_id": "d2", "text": 7}', "field 'text' is a int"),
    ],
)
def test_documents(tmp_path: Path, line: str, message: str) -> None:
    folder = folder_of(tmp_path, corpus=GOOD + line + "\n")
    with pytest.raises(InputError, match=r"corpus\.jsonl, line 2: ") as caught:
        list(load_dataset(folder).docs())
    assert message in str(caught.value)
    assert check(folder).errors == 1


def test_empty_collection(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, corpus="\n\n")
    with pytest.raises(InputError, match="collection is empty"):
        list(load_dataset(folder).docs())
    assert "empty collection" in check(folder).faults


@pytest.mark.parametrize("name", ["corpus.jsonl", "queries.jsonl", "qrels/test.tsv"])
def test_missing_file(tmp_path: Path, name: str) -> None:
    folder = folder_of(tmp_path)
    (folder / name).unlink()
    with pytest.raises(InputError, match="exist"):
        load_dataset(folder)


def test_missing_folder_split_and_query(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not a folder"):
        load_dataset(tmp_path / "nothing")
    dataset = load_dataset(folder_of(tmp_path, qrels=HEADER + "q7\td1\t1\n"))
    with pytest.raises(InputError, match="no split 'train'; it has: test"):
        dataset.queries("train")
    with pytest.raises(InputError, match="'q7'"):
        dataset.queries("test")


def test_broken_card(tmp_path: Path) -> None:
    (folder_of(tmp_path) / "dataset.json").write_text("{")
    with pytest.raises(InputError, match=r"dataset\.json cannot be read"):
        load_dataset(tmp_path)


def test_cut_off_gzip_and_foreign_encoding(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    (folder / "corpus.jsonl").unlink()
    packed = gzip.compress("".join(GOOD.replace("d1", f"d{i}") for i in range(999)).encode())
    (folder / "corpus.jsonl.gz").write_bytes(packed[:-200])
    with pytest.raises(InputError, match=r"after line \d+: the gzip data are cut off"):
        list(load_dataset(folder).docs())
    (folder / "corpus.jsonl.gz").unlink()
    (folder / "corpus.jsonl").write_bytes(b'{"_id": "d1", "title": "caf\xe9"}\n')
    with pytest.raises(InputError, match="not UTF-8"):
        list(load_dataset(folder).docs())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("q1 d1\n", "line 1: 2 columns"),
        ("q1\t0\td1\t1\t7\n", "line 1: 5 columns"),
        (HEADER + "q1\td1\n", "line 2: 2 columns, where the file began with 3"),
        ("q1 0 d1 1\nq1 0 d2\n", "line 2: 3 columns, where the file began with 4"),
        (HEADER + "q1\td1\t0.5\n", "line 2: the grade '0.5' is not an integer"),
        ("q1 0 d1 high\n", "line 1: the grade 'high'"),
        (HEADER + "q1\td1\t1\nq1\td1\t2\n", "line 3: .* judged 2 here and 1 before"),
        (HEADER + "q 1\td1\t1\n", "line 2: the id 'q 1'"),
        (HEADER + "\td1\t1\n", "line 2: the id '' is empty"),
        (HEADER, "holds no judgments"),
        ("", "holds no judgments"),
    ],
)
def test_qrels(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "test.tsv"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        read_qrels(path)


def test_missing_qrels(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        read_qrels(tmp_path / "none.tsv")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "holds no topics"),
        ("301 no tab\n", "line 1: not a topic"),
        ("301\ta\n301\tb\n", "line 2: the id '301' was on line 1"),
        ("<top>\n<num> 301\n<title> x\n", "line 1: a <top> block that no </top> ends"),
        ("<top>\n<num> 301\n</top>\n", "line 1: this topic has no <title>"),
        ("<top>\n<title> x\n</top>\n", "line 1: this topic has no <num>"),
    ],
)
def test_topics(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "topics.txt"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        read_topics(path)


def test_trec_files_must_exist(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    with pytest.raises(InputError, match="topics"):
        load_trec(folder / "corpus.jsonl", folder / "topics.txt", folder / "qrels" / "test.tsv")


def test_irds_is_an_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ir_datasets", None)
    with pytest.raises(InputError, match=r"pip install 'esplade\[irds\]'"):
        load_dataset("irds:beir/scifact")


def faulty(tmp_path: Path) -> Path:
    corpus = GOOD + '{"_id": "d2"}\n{broken\n' + '{"_id": "d1", "title": "x", "text": "y"}\n' * 25
    queries = '{"_id": "q1", "text": " "}\n{"_id": "q2", "text": "x"}\n{"_id": "q3", "text": "x"}\n'
    qrels = HEADER + "q1\td1\t1\nq2\td9\t0\nq8\td1\t1\nq1\td1\t2\nq1\td1\nq1\td2\t1\n"
    return folder_of(tmp_path, corpus, queries, qrels)


def test_check_reports_everything(tmp_path: Path) -> None:
    report = check(faulty(tmp_path))
    assert {f.kind: (f.severity, f.count) for f in report.faults.values()} == {
        "document with an empty text": ("warning", 2),
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


def test_check_command(tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from harness.cli.data import app

    runner = CliRunner()
    result = runner.invoke(app, ["check", str(faulty(tmp_path)), "--json"])
    assert result.exit_code == 2
    assert json.loads(result.stdout)["errors"] == 30
    clean = tmp_path / "clean"
    clean.mkdir()
    result = runner.invoke(app, ["check", str(folder_of(clean))])
    assert result.exit_code == 0
    assert "0 errors, 1 warnings" in result.stdout
    result = runner.invoke(app, ["show", str(clean)])
    assert "documents  1, 1.0 words" in result.stdout


@pytest.mark.slow
def test_build_refuses_what_is_not_its_own(tmp_path: Path) -> None:
    from harness.datasets import pydoc

    folder_of(tmp_path)
    with pytest.raises(InputError, match="left alone"):
        pydoc.build(tmp_path)
    assert (tmp_path / "corpus.jsonl").read_text() == GOOD
