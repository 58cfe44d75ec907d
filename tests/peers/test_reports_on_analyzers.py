"""BM25 in the language of the texts, and index and query analysed alike."""

from __future__ import annotations

import json

import pytest
from jobs import Job


# anserini #2174, haystack #12836: Korean nouns with particles attached, and the bare noun as query
@pytest.mark.slow
def test_korean_nouns_with_particles(job: Job) -> None:
    cities = ["서울", "부산", "제주", "대구", "인천"]
    documents = {f"d{i}": f"{city}에서는 축제가 열렸다" for i, city in enumerate(cities)}
    queries = {f"q{i}": city for i, city in enumerate(cities)}
    qrels = "".join(f"q{i}\td{i}\t1\n" for i in range(5))
    data = job.data(documents, queries, qrels)
    index = job.bm25(data, "--language", "ko")
    found = job.search(index, "--dataset", data)
    assert {q: hits[0][0] for q, hits in found.items()} == {f"q{i}": f"d{i}" for i in range(5)}
    # Which analyzer it was is on record: the version decides between pairs and morphemes.
    analyzer = json.loads((index / "MANIFEST").read_text())["analyzer"]
    assert analyzer.endswith(("cjk.CJKAnalyzer", "ko.KoreanAnalyzer"))


# jdocmunch-mcp #91: queries and documents were analysed differently
@pytest.mark.slow
@pytest.mark.parametrize(
    ("language", "document", "query"),
    [
        ("en", "OvertimeService Running", "overtimeservice runs"),
        ("none", "OvertimeService HCA060T", "OVERTIMESERVICE hca060t"),
        ("de", "Häuser", "haus"),
        ("ru", "книгами", "книга"),
        ("ar", "الكتاب", "كتاب"),
        ("zh", "中华人民共和国", "人民"),
    ],
)
def test_queries_are_analysed_as_the_documents(
    job: Job, language: str, document: str, query: str
) -> None:
    data = job.data({"d": document}, {"q": query}, "q\td\t1\n")
    assert "q" in job.search(job.bm25(data, "--language", language), "--dataset", data)


def test_languages_that_have_no_analyzer(job: Job) -> None:
    data = job.data({"d": "x"}, {"q": "x"}, "q\td\t1\n")
    asked = ("index", "--bm25", "--dataset", data, "--fields", "title", "--language", "xx")
    job.refuses(*asked, "--index", job.folder / "i", words=["'xx'", "ko", "none"])
