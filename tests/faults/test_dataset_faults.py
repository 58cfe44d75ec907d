"""Every fault of a data set's documents, queries and card is told with its file and line."""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

import pytest
from beir_folders import GOOD, HEADER, folder_of

from ground.errors import InputError
from harness.datasets import load_dataset
from harness.datasets.check import check


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


def test_irds_is_an_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ir_datasets", None)
    with pytest.raises(InputError, match=r"pip install 'esplade\[irds\]'"):
        load_dataset("irds:beir/scifact")


@pytest.mark.slow
def test_build_refuses_what_is_not_its_own(tmp_path: Path) -> None:
    from harness.datasets import pydoc

    folder_of(tmp_path)
    with pytest.raises(InputError, match="left alone"):
        pydoc.build(tmp_path)
    assert (tmp_path / "corpus.jsonl").read_text() == GOOD
