"""Ids: each once, whatever they look like, the same in every file."""

from __future__ import annotations

import pytest
from jobs import Job, lines, trec


# anserini #720 and #476: a document that was indexed twice is found twice
def test_a_document_that_stands_twice(job: Job) -> None:
    record = {"id": "FT911-1", "vector": {"a": 1}}
    vectors = job.file("d.jsonl", lines([record, {"id": "x", "vector": {}}, record]))
    asked = ("index", "--vectors", vectors, "--index", job.folder / "i")
    job.refuses(*asked, words=["d.jsonl, line 3", "'FT911-1'", "line 1"])
    run = job.file("r.trec", trec("324", ("FT911-1", 2.062095), ("FT911-1", 2.062094)))
    asked = ("score", "--run", run, "--qrels", job.file("qrels", "324 0 FT911-1 1\n"))
    job.refuses(*asked, words=["r.trec, line 2", "FT911-1", "line 1"])


# pyserini #1902: a benchmark whose corpus and judgments hold ids twice
def test_a_collection_with_repeated_ids(job: Job) -> None:
    data = job.data({"d1": "a"}, {"q1": "a"}, "q1\td1\t1\nq1\td1\t1\n")
    assert job.score(trec("q1", ("d1", 1)), data / "qrels/test.tsv", "AP", "P@1") == {
        "AP": 1,
        "P@1": 1,
    }
    qrels = job.file("two.tsv", "query-id\tcorpus-id\tscore\nq1\td1\t1\nq1\td1\t0\n")
    asked = ("score", "--run", job.folder / "given.trec", "--qrels", qrels)
    job.refuses(*asked, words=["two.tsv, line 3", "'q1'", "'d1'"])
    job.file("data/corpus.jsonl", lines([{"_id": "d1", "title": "a"}, {"_id": "d1", "title": "b"}]))
    asked = ("index", "--bm25", "--dataset", data, "--index", job.folder / "i")
    job.refuses(*asked, words=["corpus.jsonl, line 2", "'d1'"])


# trec_eval #46: comments after '#' broke the ids of MS MARCO's segments
@pytest.mark.slow
def test_a_number_sign_in_an_id(job: Job) -> None:
    one, two = "msmarco_v2.1_doc_00_0#0_10", "msmarco_v2.1_doc_00_0#1_20"
    index = job.index(job.vectors("d.jsonl", {one: {"a": 1}, two: {"a": 2}, "#": {"a": 3}}))
    found = job.search(index, "--queries", job.vectors("q.jsonl", {"#7": {"a": 1}}))
    assert [name for name, _ in found["#7"]] == ["#", two, one]
    assert job.score(job.folder / "run.trec", f"#7 0 {two} 1\n", "RR") == {"RR": 0.5}


# trec_eval #20: comments in files of runs
def test_comments_before_a_run(job: Job) -> None:
    run = "# ir_metadata.start\n#\n# tag: t\n" + trec("q", ("a", 2), ("b", 1))
    assert job.score(run, "q 0 b 1\n", "RR") == {"RR": 0.5}


# pisa #522, anserini #1251: spaces or tabs
@pytest.mark.parametrize("space", [" ", "\t", "  ", " \t "])
def test_columns_separated_by_spaces_or_tabs(job: Job, space: str) -> None:
    run = trec("q", ("a", 2), ("b", 1)).replace(" ", space)
    assert job.score(run, f"q{space}0{space}b{space}1\n", "RR") == {"RR": 0.5}


# pyserini #1793: query ids that are neither numbers nor in order
@pytest.mark.slow
def test_ids_are_text_even_where_they_look_like_numbers(job: Job) -> None:
    names = ["5a8b57f25542995d1e6f1371", "5e10", "01", "1", "1.0", "-1", "NaN", "true", "١"]
    documents = job.vectors("d.jsonl", {name: {"a": 9 - i} for i, name in enumerate(names)})
    queries = job.vectors("q.jsonl", {name: {"a": 1} for name in names})
    found = job.search(job.index(documents, "--quantize", "none"), "--queries", queries)
    assert list(found) == names
    assert all([name for name, _ in hits] == names for hits in found.values())
    qrels = "".join(f"{name} 0 {name} 1\n" for name in names)
    mean = sum(1 / (i + 1) for i in range(len(names))) / len(names)
    assert job.score(job.folder / "run.trec", qrels, "RR")["RR"] == pytest.approx(mean)


# MSMARCO-Passage-Ranking #1: line breaks inside texts made lines without ids
def test_a_line_break_within_a_query(job: Job) -> None:
    index = job.bm25(job.data({"d1": "sim pin"}, {"q1": "sim"}, "q1\td1\t1\n"))
    topics = job.file("t.tsv", "1082445\twhat does unlock my device mean\n You can lock your SIM\n")
    asked = ("search", "--index", index, "--queries", topics, "--run", job.folder / "r")
    job.refuses(*asked, words=["t.tsv, line 2", "qid<TAB>text"])


# pyserini #830: ids of segments, and whole numbers as ids
@pytest.mark.slow
def test_whole_numbers_and_segments_as_ids(job: Job) -> None:
    vectors = job.file(
        "d.jsonl", lines([{"id": "D59#3", "vector": {"a": 1}}, {"id": 7, "vector": {"a": 2}}])
    )
    found = job.search(job.index(vectors), "--queries", job.vectors("q.jsonl", {"q": {"a": 1}}))
    assert [name for name, _ in found["q"]] == ["7", "D59#3"]
