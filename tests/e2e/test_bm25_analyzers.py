"""BM25's analyzer: settled before documents are read, named where its numbers stand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commandline import Esplade

from ground.errors import InputError
from harness.lucene.analyzers import find_analyzer

ENGLISH = {
    "a1": "The closing of the zoos",
    "a2": "Schools are open on Sunday",
    "a3": "what is that for",
}
HEADER = "query-id\tcorpus-id\tscore\n"


def folder_of(tmp_path: Path, titles: dict[str, str], **card: str) -> Path:
    folder = tmp_path / "data"
    (folder / "qrels").mkdir(parents=True)
    lines = (
        json.dumps({"_id": n, "title": t}, ensure_ascii=False) + "\n" for n, t in titles.items()
    )
    (folder / "corpus.jsonl").write_text("".join(lines), encoding="utf-8")
    (folder / "queries.jsonl").write_text('{"_id": "a1", "text": "close a zoo"}\n')
    (folder / "qrels" / "test.tsv").write_text(HEADER + "a1\ta2\t1\na1\ta1\t1\n")
    if card:
        (folder / "dataset.json").write_text(json.dumps(card))
    return folder


def thai_is_there() -> bool:
    try:
        return bool(find_analyzer("th"))
    except InputError:
        return False


def test_a_java_without_thai(esplade: Esplade, tmp_path: Path) -> None:
    if thai_is_there():
        pytest.skip("this Java has data for Thai")
    data = folder_of(tmp_path, {"d1": "เราเรียนการค้นคืนข้อมูล"})
    (data / "corpus.jsonl").write_text("never read\n")
    index = tmp_path / "index"
    for command in (
        ("index", "--bm25", "--index", index),
        ("mine", "--bm25", "--split", "test", "--out", index),
        ("sweep", "--encoder", "pydoc-tiny", "--out", index),
    ):
        if command[0] == "mine":
            (data / "corpus.jsonl").write_text('{"_id": "a1", "title": "x"}\n')
        answer = esplade(*command, "--dataset", data, "--language", "th")
        assert answer.code == 2, answer.err
        assert "The Java at " in answer.err and "has no data for Thai" in answer.err
        assert "set ESPLADE_JAVA_HOME to a full JDK 21" in answer.err
        assert not index.exists()


def test_thai_that_nobody_named(esplade: Esplade, tmp_path: Path) -> None:
    data = folder_of(tmp_path, {"d1": "เราเรียนการค้นคืนข้อมูล"})
    answer = esplade("index", "--bm25", "--dataset", data, "--index", tmp_path / "index", "--json")
    assert answer.code == 0, answer.err
    usable = thai_is_there()
    assert json.loads(answer.out)["language"] == ("th" if usable else None)
    assert usable or "its documents look like th, but: The Java at" in answer.err


@pytest.mark.parametrize(
    ("titles", "card", "options", "language", "said"),
    [
        (ENGLISH, {}, (), "en", "its documents look like en: BM25 takes that analyzer"),
        (ENGLISH, {}, ("--language", "none"), None, None),
        (ENGLISH, {"language": "de"}, (), "de", None),
        ({"a1": "foo.bar", "a2": "baz"}, {}, (), None, "takes words as they stand"),
    ],
)
def test_which_analyzer_is_taken_and_said(
    esplade: Esplade,
    tmp_path: Path,
    titles: dict[str, str],
    card: dict[str, str],
    options: tuple[str, ...],
    language: str | None,
    said: str | None,
) -> None:
    data = folder_of(tmp_path, titles, **card)
    index = tmp_path / "index"
    answer = esplade("index", "--bm25", "--dataset", data, "--index", index, *options, "--json")
    assert answer.code == 0, answer.err
    facts = json.loads(answer.out)
    classes = {"en": "DefaultEnglishAnalyzer", "de": "GermanAnalyzer", None: "StandardAnalyzer"}
    assert facts["language"] == language
    assert facts["analyzer"].endswith(classes[language])
    assert ("does not name its language" in answer.err) == (said is not None)
    assert said is None or said in answer.err
    assert f"BM25 with Lucene's {classes[language]}" in answer.err
    manifest = json.loads((index / "MANIFEST").read_text())
    assert (manifest["language"], manifest["analyzer"]) == (language, facts["analyzer"])


def test_the_analyzer_stands_in_comparisons_and_queries_leave_themselves_out(
    esplade: Esplade, tmp_path: Path
) -> None:
    data, index = folder_of(tmp_path, {**ENGLISH, "a2": "A zoo"}), tmp_path / "index"
    assert esplade("index", "--bm25", "--dataset", data, "--index", index).code == 0
    runs = {}
    for name, options in (("all", ()), ("selfless", ("--drop-self", "--k", 1))):
        runs[name] = tmp_path / f"{name}.trec"
        asked = ("search", "--index", index, "--dataset", data, "--run", runs[name])
        assert esplade(*asked, *options).code == 0
    found = {
        name: [line.split()[2] for line in run.read_text().splitlines()]
        for name, run in runs.items()
    }
    assert sorted(found["all"]) == ["a1", "a2"]
    assert found["selfless"] == ["a2"]
    metadata = (tmp_path / "selfless.trec.metadata.yaml").read_text()
    assert "drop_self: true" in metadata and "dropped: 1" in metadata
    assert "analyzer: io.anserini.analysis.DefaultEnglishAnalyzer" in metadata
    table = esplade(
        "compare", *runs.values(), "--dataset", data, "--measures", "R@10", "--format", "md"
    )
    assert table.code == 0, table.err
    assert "BM25 with Lucene's DefaultEnglishAnalyzer (en) over title." in table.out
    assert "selfless: The document with the query's own id is left out of its results." in table.out
