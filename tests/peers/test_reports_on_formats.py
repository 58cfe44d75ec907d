"""Records, queries and indexes in the forms that other tools use or trip over."""

from __future__ import annotations

import json

import pytest
from jobs import Job, lines


# anserini #961: a record without `contents` was a NullPointerException
def test_vectors_without_contents(job: Job) -> None:
    vectors = job.file(
        "d.jsonl",
        '{"id":"a","vector":{"x":1}}\n{"id":"b","contents":null,"vector":{"x":2}}\n'
        '{"vector":{"x":3},"contents":"text","id":"c","url":"u"}\n',
    )
    index = job.index(vectors, "--quantize", "none")
    found = job.search(index, "--queries", job.vectors("q.jsonl", {"q": {"x": 1}}))
    assert found == {"q": [("c", 3), ("b", 2), ("a", 1)]}


# anserini #1787: one troublesome record; "should just eat the exception and move on?"
@pytest.mark.parametrize(
    ("line", "word"),
    [
        ('{"_id": "a-2014", "title": "Framework", "text": ["A.G"]}', "a-2014"),
        ('{"_id": "a-2014", "title": "{A.G{\\"o}r', "malformed JSON"),
        ('{"title": "Framework"}', "id"),
        ("[]", "object"),
    ],
)
def test_one_bad_record_is_named_and_nothing_is_skipped(job: Job, line: str, word: str) -> None:
    data = job.data({"d1": "a"}, {"q1": "a"}, "q1\td1\t1\n")
    good = '{"_id": "d%d", "title": "a", "text": ""}\n'
    job.file("data/corpus.jsonl", good % 1 + line + "\n" + good % 2)
    asked = ("index", "--bm25", "--dataset", data, "--fields", "title+text", "--index")
    message = job.refuses(*asked, job.folder / "i", words=["corpus.jsonl, line 2"])
    assert word in message or "'text'" in message


# pyserini #2099: `_id`, `title` and `text`, or `id` and `contents`?
def test_records_with_id_in_place_of_underscore_id(job: Job) -> None:
    data = job.data({"MED-1": "statin"}, {"PLAIN-1": "statin"}, "PLAIN-1\tMED-1\t1\n")
    job.file("data/corpus.jsonl", '{"id": "MED-1", "title": "statin", "text": "breast"}\n')
    found = job.search(job.bm25(data), "--dataset", data)
    assert [name for name, _ in found["PLAIN-1"]] == ["MED-1"]


# pyserini #80, ciff #33: an index that another Lucene wrote
def test_an_index_of_another_tool(job: Job) -> None:
    other = job.folder / "lucene_idx1"
    job.file("lucene_idx1/segments_1", b"\x3f\xd7\x6c\x17\x08segments\x00\x00\x00\x0a")
    job.file("lucene_idx1/_0.si", b"Lucene84")
    queries = job.vectors("q.jsonl", {"q": {"a": 1}})
    asked = ("search", "--index", other, "--queries", queries, "--run", job.folder / "r")
    job.refuses(*asked, words=["lucene_idx1", "MANIFEST"])
    job.refuses("export", "--index", other, "--ciff", job.folder / "c", words=["MANIFEST"])


# ciff #21: lengths of documents were Lucene's approximation, their sum another number
def test_lengths_in_an_export_are_exact(job: Job) -> None:
    weights = {f"t{i}": 1000 + i for i in range(40)}  # 40,780 in all: Lucene would round it
    index = job.index(job.vectors("d.jsonl", {"d": weights, "e": {"t0": 1}}), "--quantize", "none")
    out = job.folder / "index.ciff"
    job.run("export", "--index", index, "--ciff", out)
    data = out.read_bytes()
    total = _varint(sum(weights.values()) + 1)
    assert b"\x30" + total in data[:60]  # field 6 of the header: all impacts
    assert data.endswith(b"\x12\x01e\x18\x01")  # the last document: its name, its length
    assert b"\x12\x01d\x18" + _varint(sum(weights.values())) in data[-40:]


def _varint(number: int) -> bytes:
    parts = []
    while number > 0x7F:
        parts.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*parts, number])


# pyterrier #62, #104, #174, #199, #253 and #376, terrier-core #70 and #140: text that a query
# language takes for its own
@pytest.mark.slow
def test_queries_are_text_and_no_query_language(job: Job) -> None:
    queries = [
        "órgãos",
        "Queen 's órgãos",
        "{órgãos /x} ^0.004",
        "what are órgãos?",
        '"órgãos" AND NOT (nothing) +x -y ~2 *:* [a TO b] \\',
        "title: órgãos^4",
        "गुज्जरों órgãos",
        "गुज्जरों और मीणा",
    ]
    data = job.data({"d1": "órgãos", "d2": "गुज्जरों और"}, {"q1": "x"}, "q1\td1\t1\n")
    topics = job.file("t.tsv", "".join(f"q{i}\t{query}\n" for i, query in enumerate(queries)))
    found = job.search(job.bm25(data), "--queries", topics)
    assert {query: {name for name, _ in hits} for query, hits in found.items()} == {
        **{f"q{i}": {"d1"} for i in range(6)},
        **{"q6": {"d1", "d2"}, "q7": {"d2"}},
    }


# pyserini #104: garbage characters in newsgroup messages
def test_control_characters_and_halves_of_characters_in_texts(job: Job) -> None:
    data = job.data({"9985": "x"}, {"q1": "sale"}, "q1\t9985\t1\n")
    job.file("data/corpus.jsonl", r'{"_id":"9985","title":"for\u0000sale\u001b[0m \ufffe \uffff"}')
    found = job.search(job.bm25(data), "--dataset", data)
    assert [name for name, _ in found["q1"]] == ["9985"]
    job.file("data/corpus.jsonl", b'{"_id":"9985","title":"caf\xe9"}')
    asked = ("index", "--bm25", "--dataset", data, "--fields", "title", "--index")
    job.refuses(*asked, job.folder / "i", words=["corpus.jsonl", "UTF-8"])


# pisa #618: which analyzer made an index has to be known when it is searched
@pytest.mark.slow
def test_an_index_names_its_analyzer(job: Job) -> None:
    data = job.data({"d1": "running"}, {"q1": "runs"}, "q1\td1\t1\n")
    for language, analyzer, hits in (("en", "DefaultEnglishAnalyzer", 1), ("none", "Standard", 0)):
        index = job.bm25(data, "--language", language, name=language)
        assert analyzer in json.loads((index / "MANIFEST").read_text())["analyzer"]
        queries = ("--dataset", data, "--run", job.folder / "r", "--overwrite", "--json")
        answer = job.run("search", "--index", index, *queries)
        assert json.loads(answer.out)["hits"] == hits


# ir_datasets #55: a collection of no documents passed for one that was read
@pytest.mark.parametrize("content", ["", "\n  \n"])
def test_a_collection_without_documents(job: Job, content: str) -> None:
    data = job.data({"d1": "a"}, {"q1": "a"}, "q1\td1\t1\n")
    job.file("data/corpus.jsonl", content)
    job.file("v.jsonl", content)
    job.refuses("index", "--bm25", "--dataset", data, "--index", job.folder / "i")
    asked = ("index", "--vectors", job.folder / "v.jsonl", "--index", job.folder / "i")
    job.refuses(*asked, words=["v.jsonl"])


# pyserini #2086: a collection is encoded into one file or into many
@pytest.mark.slow
def test_vectors_in_several_files(job: Job) -> None:
    job.file("v/a.jsonl", lines([{"id": "d2", "vector": {"a": 2}}]))
    job.file("v/b.jsonl", lines([{"id": "d1", "vector": {"a": 1}}]))
    index = job.index(job.folder / "v", "--quantize", "none")
    found = job.search(index, "--queries", job.vectors("q.jsonl", {"q": {"a": 1}}))
    assert found == {"q": [("d2", 2), ("d1", 1)]}
