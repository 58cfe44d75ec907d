"""Collections without titles: the choice of fields is settled before any work, and recorded."""

from __future__ import annotations

import html
import json
from pathlib import Path

import pytest
from commandline import Esplade
from repository import ROOT

HEADER = "query-id\tcorpus-id\tscore\n"
SHIPPED = ROOT / "encoders" / "pretrained" / "pydoc-tiny"


@pytest.fixture
def untitled(tmp_path: Path) -> Path:
    """Three documents, all with an empty title; one query of each split."""
    folder = tmp_path / "untitled"
    (folder / "qrels").mkdir(parents=True)
    texts = {"a1": "zoos should be closed", "a2": "schools should be open", "a3": "close zoos"}
    lines = (json.dumps({"_id": n, "title": "", "text": t}) + "\n" for n, t in texts.items())
    (folder / "corpus.jsonl").write_text("".join(lines))
    (folder / "queries.jsonl").write_text('{"_id": "q1", "text": "close zoos"}\n')
    for split in ("train", "dev", "test"):
        (folder / "qrels" / f"{split}.tsv").write_text(HEADER + "q1\ta1\t1\n")
    return folder


def commands(folder: Path, out: Path) -> dict[str, list[object]]:
    data = ["--dataset", folder]
    encoder = ["--encoder", "pydoc-tiny"]
    return {
        "index": ["index", "--bm25", *data, "--index", out],
        "vocab": ["vocab", *data, "--out", out],
        "mine": ["mine", "--bm25", *data, "--out", out],
        "mine with an encoder": ["mine", *encoder, *data, "--out", out],
        "encode": ["encode", *encoder, *data, "--out", out],
        "sweep": ["sweep", *encoder, *data, "--grid", "0:0", "--out", out],
        "stats": ["stats", *encoder, *data],
        "data show": ["data", "show", folder],
        "inspect": ["inspect", *encoder, *data],
        "finetune": ["finetune", "--from", SHIPPED, *data, "--out", out],
        "pretrain": ["pretrain", "--from", SHIPPED, *data, "--out", out],
    }


QUICK = ("index", "vocab", "mine", "mine with an encoder", "encode", "sweep", "stats", "data show")


@pytest.mark.parametrize(
    "command",
    [
        *QUICK,
        *(pytest.param(c, marks=pytest.mark.slow) for c in ("inspect", "finetune", "pretrain")),
    ],
)
def test_fields_that_no_document_has(
    esplade: Esplade, untitled: Path, tmp_path: Path, command: str
) -> None:
    out = tmp_path / "out"
    answer = esplade(*commands(untitled, out)[command], "--fields", "title")
    assert answer.code == 2, answer.err
    message = answer.err.splitlines()[-1]
    assert "None of the 3 documents of untitled has a title" in message
    assert "give --fields text" in message
    assert answer.out == ""
    assert [path.name for path in tmp_path.iterdir()] == ["untitled"]


def test_the_default_is_what_the_collection_has(
    esplade: Esplade, untitled: Path, tmp_path: Path
) -> None:
    index = tmp_path / "index"
    answer = esplade(*commands(untitled, index)["index"], "--json")
    assert answer.code == 0
    assert "No document of untitled has a title: their text is taken" in answer.err
    facts = json.loads(answer.out)
    # zoos, should, be, closed; schools, should, be, open; close, zoos
    assert (facts["fields"], facts["postings"]) == ("text", 10)
    manifest = json.loads((index / "MANIFEST").read_text())
    assert manifest["fields"] == "text"
    assert manifest["contents"] == {"documents": 3, "empty": 0, "half_characters": 0}
    answer = esplade(*commands(untitled, tmp_path / "words.txt")["vocab"])
    assert answer.code == 0, answer.err
    words = {"zoos", "should", "be", "closed", "schools", "open", "close"}
    assert set((tmp_path / "words.txt").read_text().split()) == words


def test_some_documents_without_a_title(esplade: Esplade, untitled: Path, tmp_path: Path) -> None:
    with (untitled / "corpus.jsonl").open("a") as stream:
        stream.write('{"_id": "a4", "title": "zoo", "text": ""}\n')
    answer = esplade(*commands(untitled, tmp_path / "index")["index"], "--json")
    assert answer.code == 0
    assert "3 of 4 documents have no title: nothing finds them." in answer.err
    assert json.loads(answer.out)["contents"]["empty"] == 3


@pytest.mark.slow
def test_encoded_texts_are_what_is_there_and_cut_ones_are_counted(
    esplade: Esplade, untitled: Path, tmp_path: Path
) -> None:
    long = "remove duplicate rows " * 40
    with (untitled / "corpus.jsonl").open("a") as stream:
        stream.write(json.dumps({"_id": "a4", "title": "", "text": long + "drop"}) + "\n")
        stream.write('{"_id": "q1", "title": "the query itself", "text": ""}\n')
    (untitled / "queries.jsonl").write_text(json.dumps({"_id": "q1", "text": long}) + "\n")
    sweep = tmp_path / "sweep"
    asked = (*commands(untitled, sweep)["sweep"], "--fields", "text", "--language", "none")
    answer = esplade(*asked)
    assert answer.code == 0, answer.err
    assert "pydoc-tiny: 1 of 5 documents were longer than 32 tokens; what follows" in answer.err
    assert "pydoc-tiny: 1 of 1 queries were longer than 36 tokens; what follows" in answer.err
    for part, limit, texts in (("docs", 32, 5), ("queries", 36, 1)):
        manifest = json.loads((sweep / "vectors" / "pydoc-tiny" / part / "MANIFEST").read_text())
        assert manifest["lengths"] == {"limit": limit, "longer": 1, "texts": texts}
    notes = [
        "bm25: BM25 with Lucene's StandardAnalyzer (words as they stand, no stemming) over text.",
        "All systems: 1 of 5 documents have no text: nothing finds them.",
        "pydoc-tiny-q0-d0: 1 of 5 documents were longer than 32 tokens; what follows was not",
        "pydoc-tiny-q0-d0: 1 of 1 queries were longer than 36 tokens; what follows was not",
    ]
    # The second time everything is kept, and the notes are there again.
    for again in (False, True):
        if again:
            assert "points/bm25: kept" in esplade(*asked).err
        for name in ("table.md", "table.json", "report.html"):
            text = html.unescape((sweep / name).read_text())
            assert all(note in text for note in notes), text
    selfless = esplade(*asked, "--drop-self")
    assert selfless.code == 0 and "points/bm25: done" in selfless.err
    assert "q1 Q0 q1 " not in (sweep / "points" / "bm25" / "run.trec").read_text()
    assert "query's own id is left out" in (sweep / "table.md").read_text()
    index = sweep / "indexes" / "pydoc-tiny" / "dk0"
    searched = esplade("search", "--index", index, "--encoder", "pydoc-tiny", "--text", long)
    assert "1 of 1 queries were longer than 36 tokens" in searched.err
    answer = esplade(*commands(untitled, sweep)["stats"], "--fields", "text", "--json")
    assert json.loads(answer.out)["encoders"]["pydoc-tiny"]["lengths"]["longer"] == 1


@pytest.mark.slow
def test_a_latin_1_byte_on_the_command_line(esplade: Esplade) -> None:
    answers = [
        esplade("inspect", "--encoder", "pydoc-tiny", text, "--json")
        for text in ("caf\udce9 rows", "caf? rows")
    ]
    assert [answer.code for answer in answers] == [0, 0]
    assert answers[0].out == answers[1].out
