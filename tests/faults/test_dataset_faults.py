"""Every fault of a data set is told with its file and line."""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path

import pytest

from ground.errors import InputError
from harness.datasets import load_dataset, load_trec, read_qrels, read_topics
from harness.datasets.check import EXAMPLES, check

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
        ('{"_id": "d2", "title": "a", "title": "b"}', 'the name "title" stands twice'),
        ('{"_id": "d2", "title": "a", "t\\u0069tle" : "a"}', 'the name "title" stands twice'),
        ('{"_id": "d2", "_id": "d2", "title": "a"}', 'the name "_id" stands twice'),
        ('{"_id": "d2", "title": "a", "metadata": {"x": {"y": 1, "y": 2}}}', 'the name "y"'),
        ('{"_id": "d2", "id": "d3", "title": "a"}', "the `_id` 'd2' and the `id` 'd3'"),
        ('{"_id": "d2", "id": null, "title": "a"}', "the id is missing"),
        ('{"_id": "d2", "id": 2, "title": "a"}', "the `_id` 'd2' and the `id` 2"),
        ('{"_id": "d2", "title": "cut \\ud83d"}', "half a character"),
        ('{"_id": "\\ud83d", "title": "x"}', "half a character"),
        ('{"_id": "d\\u0000", "title": "x"}', "no character that can be shown"),
        ('{"_id": "\\ufeffd2", "title": "x"}', "no character that can be shown"),
        ('{"_id": "d2", "title": NaN}', "NaN, which JSON does not have"),
        ('{"_id": "d2", "x": ' + "[" * 100_000 + "}", "nested too deeply"),
        ('{"_id": 18446744073709551617, "title": "x"}', "a whole number below 2^64"),
        ('{"_id": "' + "é" * 16_384 + '", "title": "x"}', "has 32,768 bytes"),
        ('{"_id": "' + "x" * 32_767 + '", "title": "x"}', "has 32,767 bytes"),
        ('{"id": "d2", "contents": "zoos"}', "no `title` or `text`, but `contents`"),
    ],
)
def test_documents(tmp_path: Path, line: str, message: str) -> None:
    folder = folder_of(tmp_path, corpus=GOOD + line + "\n")
    with pytest.raises(InputError, match=r"corpus\.jsonl, line 2: ") as caught:
        list(load_dataset(folder).docs())
    assert message in str(caught.value)
    assert check(folder).errors == 1


def test_ids_that_are_right(tmp_path: Path) -> None:
    longest = "é" * 16_383
    lines = ['{"_id": "d2", "id": "d2"}', '{"_id": 3, "id": "3"}', '{"id": 18446744073709551615}']
    lines += [f'{{"_id": "{longest}"}}', '{"_id": "a:b", "metadata": {"a": "::", "b": {"a": 1}}}']
    corpus = "".join(line[:-1] + ', "title": "x"}\r\n' for line in lines)
    folder = folder_of(tmp_path, "\ufeff" + corpus, qrels=HEADER + "q1\td2\t1\n")
    found = [document.id for document in load_dataset(folder).docs()]
    assert found == ["d2", "3", "18446744073709551615", longest, "a:b"]
    assert check(folder).errors == 0


def test_an_id_that_no_index_holds_is_refused_before_indexing(tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from esplade.cli.app import app

    line = '{"_id": "' + "x" * 40_000 + '", "title": "x"}\n'
    folder, index = folder_of(tmp_path, GOOD + line), tmp_path / "index"
    arguments = ["index", "--bm25", "--dataset", str(folder), "--index", str(index)]
    result = CliRunner().invoke(app, arguments)
    assert "corpus.jsonl, line 2: the id that begins with 'xxx" in str(result.exception)
    assert not list(tmp_path.glob("*index*"))


def test_empty_collection(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, corpus="\n\n")
    with pytest.raises(InputError, match="collection is empty"):
        list(load_dataset(folder).docs())
    assert "empty collection" in check(folder).faults


def test_missing_files(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    whole = load_dataset(folder).digest()
    (folder / "qrels" / "test.tsv").unlink()
    data = load_dataset(folder)
    assert data.splits == ()
    assert data.queries() == data.queries("train") == {"q1": "x"}
    with pytest.raises(InputError, match="no judgments, and this needs them.*qrels/test.tsv"):
        data.qrels()
    judged_by_nobody = data.digest()
    (folder / "queries.jsonl").unlink()
    alone = load_dataset(folder)
    assert [document.id for document in alone.docs()] == ["d1"]
    assert len({whole, judged_by_nobody, alone.digest()}) == 3
    with pytest.raises(InputError, match="has no queries.jsonl"):
        alone.queries()
    report = check(folder)
    assert (report.errors, report.counts["judgments"]) == (0, {})
    assert {"no queries", "no judgments"} <= report.faults.keys()
    (folder / "corpus.jsonl").unlink()
    with pytest.raises(InputError, match="exist"):
        load_dataset(folder)


def test_judgments_without_queries(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    (folder / "queries.jsonl").unlink()
    with pytest.raises(InputError, match="has no queries.jsonl"):
        load_dataset(folder).queries()
    assert check(folder).faults["judgment of an unknown query"].count == 1


def test_queries_that_are_documents(tmp_path: Path) -> None:
    corpus = '{"_id": "a1", "text": "close zoos"}\n{"_id": "a2", "text": "open zoos"}\n'
    queries = '{"_id": "a1", "text": "close zoos"}\n'
    report = check(folder_of(tmp_path, corpus, queries, HEADER + "a1\ta2\t1\n"))
    fault = report.faults["query ids that are also document ids"]
    assert (fault.severity, fault.count) == ("warning", 1)
    assert "line 1: a1 (one of 1 query ids that are also document ids" in fault.examples[0]
    assert "--drop-self" in fault.examples[0]


def test_missing_folder_split_and_query(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not a folder"):
        load_dataset(tmp_path / "nothing")
    dataset = load_dataset(folder_of(tmp_path, qrels=HEADER + "q7\td1\t1\n"))
    with pytest.raises(InputError, match="no split 'train'; it has: test"):
        dataset.queries("train")
    with pytest.raises(InputError, match="'q7'"):
        dataset.queries("test")


@pytest.mark.parametrize(
    ("card", "message"),
    [
        ("{", "line 1: malformed JSON"),
        ("[]", "holds a JSON list"),
        ('{"name": 7}', '"name" is the number 7'),
        ('{"name": true}', '"name" is true or false'),
        ('{"name": ["a"]}', '"name" is a list'),
        ('{"language": {"en": 1}}', '"language" is an object'),
        ('{"language": 1e300}', '"language" is the number'),
        ('{"name": "a\\nb"}', '"name" is .*; it must be a line of text'),
        ('{"name": "\\u001b[2J"}', '"name" is .*; it must be a line of text'),
        ('{"name": " "}', '"name" is .*; it must be a line of text'),
        ('{"name": "\\ud83d"}', "half a character"),
        ('{"name": "a",\n"name" : "b"}', 'line 2: the name "name" stands twice'),
        ('{"x": ' + "[" * 100_000 + "}", "nested too deeply"),
        ('{"x": NaN}', "NaN, which JSON does not have"),
        ("\0", "line 1: a NUL byte"),
    ],
)
def test_broken_card(tmp_path: Path, card: str, message: str) -> None:
    (folder_of(tmp_path) / "dataset.json").write_text(card)
    with pytest.raises(InputError, match=message) as error:
        load_dataset(tmp_path)
    assert str(tmp_path / "dataset.json") in str(error.value)
    with pytest.raises(InputError, match=message):
        check(tmp_path)


def test_cards_that_are_right(tmp_path: Path) -> None:
    card = folder_of(tmp_path) / "dataset.json"
    for text, name, language in [
        ('\ufeff{"name": "Prüfung 1", "language": "en", "x": [1]}', "Prüfung 1", "en"),
        ('{"name": null, "language": ""}', tmp_path.name, None),
    ]:
        card.write_text(text, encoding="utf-8")
        dataset = load_dataset(tmp_path)
        assert (dataset.name, dataset.language) == (name, language)
    card.unlink()
    card.mkdir()
    with pytest.raises(InputError, match=r"dataset\.json is a folder"):
        load_dataset(tmp_path)


def test_cut_off_gzip_and_foreign_encoding(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    (folder / "corpus.jsonl").unlink()
    packed = gzip.compress("".join(GOOD.replace("d1", f"d{i}") for i in range(999)).encode())
    (folder / "corpus.jsonl.gz").write_bytes(packed[:-200])
    with pytest.raises(InputError, match=r"after line \d+: the gzip data .* are cut off"):
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
        (HEADER + "q1\td1\t1\t\n", r"line 2: 4 columns \(a tab ends the line\)"),
        ("q1\td1\t1\t\n", r"line 1: 3 columns \(a tab ends the line\)"),
        ("q1\td1\t0.5\nq1\td2\t1\n", "line 1: the grade '0.5' is not an integer"),
        ("q1\td1\t1x\nq1\td2\t1\n", "line 1: the grade '1x'"),
        ("q1\td1\thigh\nq1\td2\t1\n", "line 1: the grade 'high'"),
        (HEADER + "q1\td1\t1\n" + HEADER, "line 3: the grade 'score'"),
        ("q1 0 d1 -+1\n", "line 1: the grade '-\\+1' is not"),
        ("q1 0 d1 1_000\n", "line 1: the grade '1_000' is not"),
        ("q1 0 d1 \u0661\n", "line 1: the grade '\u0661' is not"),
        ("q1 0 d1 \u00b2\n", "line 1: the grade '\u00b2' is not"),
        ("q1 0 d1 0x1\n", "line 1: the grade '0x1' is not"),
        ("q1 0 d1 1e2\n", "line 1: the grade '1e2' is not"),
        (f"q1 0 d1 {10**30}\n", "line 1: the grade 10000000000000000000... is beyond"),
        (f"q1 0 d1 {2**63}\n", "line 1: the grade 9223372036854775808 is beyond"),
        ("q1 0 d1 -" + "9" * 5000 + "\n", "line 1: the grade -9999999999999999999... is beyond"),
        ("q1 0 d1 1000001\n", "line 1: the grade 1000001 is beyond"),
        ("q1\u00a00\u00a0d1\u00a01\n", "line 1: 1 columns"),
        ("q1 0 d1\u3000x 1\n", "line 1: the id 'd1.u3000x'"),
        (HEADER + "q1\u00a0\td1\t1\n", "line 2: the id 'q1\\\\xa0'"),
        ("q1 0 d1 1\rq1 0 d2 1\r", "line 1: a carriage return"),
        ("q1 0 d1 1\nq1 0 d2\x00 1\n", "line 2: a NUL byte"),
        ("q1 0 d1 1\nq1 0 d1 0\n", "line 2: .* judged 0 here and 1 before"),
        ("q1,d1,1\n", "line 1: 1 columns"),
        (HEADER, "holds no judgments"),
        ("", "holds no judgments"),
    ],
)
def test_qrels(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "test.tsv"
    path.write_bytes(text.encode())
    with pytest.raises(InputError, match=message) as error:
        read_qrels(path)
    assert str(path) in str(error.value)
    assert len(str(error.value)) < 600


@pytest.mark.parametrize(
    "text",
    [
        HEADER + "q1\td1\t1\nq1\td2\t-1\n",
        "\ufeff" + HEADER.replace("\n", "\r\n") + "q1\td1\t+1\r\nq1\td2\t-1\r\n",
        "q1\td1\t1\nq1\td2\t-1",
        "qid\tpid\trel\nq1\td1\t1\nq1\td2\t-1\n",
        "query_id\tdoc_id\tgain level\nq1 \t d1\t 1\nq1\td2\t-1\n",
        "q1 0 d1 1\n\nq1 Q0  d2\t-1 \nq1 0 d1 1\n",
        "query iter document relevance\nq1 0 d1 001\nq1 0 d2 -1\n",
        "query_id\titeration\tdoc_id\tscore\nq1\t0\td1\t1\nq1\t0\td2\t-1\n",
    ],
)
def test_forms_of_judgments(tmp_path: Path, text: str) -> None:
    path = tmp_path / "test.tsv"
    for data in (text.encode(), gzip.compress(text.encode())):
        path.write_bytes(data)
        assert read_qrels(path).to_numpy().tolist() == [["q1", "d1", 1], ["q1", "d2", -1]]


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
