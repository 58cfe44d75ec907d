"""BM25 with values worked out by hand."""

from __future__ import annotations

from math import log
from pathlib import Path

import numpy as np
import pytest

from ground.errors import InputError
from harness.lucene.analyzers import find_analyzer
from harness.lucene.jvm import kernel
from harness.lucene.packing import Reader, pack_strings
from harness.lucene.text_index import TextIndex, build_text_index, open_text_index

DOCUMENTS = [("d2", "blue fish"), ("d1", "red fish blue fish"), ("d3", ""), ("d4", "old shoes")]
# Three documents have text, with 8 words: 8 / 3 a document.
AVERAGE = 8 / 3


def bm25(tf: int, length: int, df: int, k1: float = 0.9, b: float = 0.4) -> float:
    idf = log(1 + (3 - df + 0.5) / (df + 0.5))
    return idf * tf / (tf + k1 * (1 - b + b * length / AVERAGE))


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> TextIndex:
    return build_text_index(DOCUMENTS, tmp_path_factory.mktemp("bm25") / "i", language=None)


def test_scores(index: TextIndex) -> None:
    run = index.search({"q": "red fish"}).run
    assert run.doc_ids.tolist() == ["d1", "d2"]
    expected = [bm25(1, 4, 1) + bm25(2, 4, 2), bm25(1, 2, 2)]
    assert run.scores.tolist() == pytest.approx(expected, rel=1e-6)
    assert run.scores.dtype == np.float64
    # One of them in digits: ln(1 + 1.5 / 2.5) / (1 + 0.9 * (0.6 + 0.4 * 0.75)) = 0.4700 / 1.81
    assert run.scores[1] == pytest.approx(0.259670, abs=1e-6)


def test_other_parameters(index: TextIndex) -> None:
    run = index.search({"q": "fish"}, k1=1.2, b=0.75).run
    assert run.scores.tolist() == pytest.approx(
        [bm25(2, 4, 2, 1.2, 0.75), bm25(1, 2, 2, 1.2, 0.75)], rel=1e-6
    )


def test_a_repeated_query_term_counts_as_often(index: TextIndex) -> None:
    once, twice = (index.search({"q": text}).run.scores for text in ("shoes", "shoes SHOES"))
    assert twice.tolist() == pytest.approx((2 * once).tolist(), rel=1e-6)


def test_costs(index: TextIndex) -> None:
    result = index.search({"q1": "red fish fish unheard", "q2": "", "q3": "nothing known"})
    assert result.postings.tolist() == [3, 0, 0]
    assert result.query_terms.tolist() == [2, 0, 0]
    assert result.unknown_terms == 3
    assert result.run.offsets.tolist() == [0, 2, 2, 2]
    assert index.latency({"q": "fish", "r": "red"}, repeats=3).shape == (3, 2)


def test_what_is_kept(index: TextIndex) -> None:
    again = open_text_index(index.path)
    assert again.doc_ids == ["d1", "d2", "d3", "d4"]
    assert again.terms == ["blue", "fish", "old", "red", "shoes"]
    assert again.document_frequency.tolist() == [2, 2, 1, 1, 1]
    assert again.manifest["analyzer"].endswith("StandardAnalyzer")
    assert again.bytes > 0


def analysed(language: str | None, text: str) -> list[str]:
    _, analyzer = find_analyzer(language)
    return Reader(kernel("Analysis").count(analyzer, pack_strings([text])).tostring()).strings()


def test_analyzers() -> None:
    assert analysed("en", "The runners were running") == ["runner", "were", "run"]
    assert analysed(None, "The Runners, 검색 모델") == ["the", "runners", "검색", "모델"]
    assert analysed("de", "die Häuser") == ["haus"]
    korean, _ = find_analyzer("ko")
    if korean.endswith("CJKAnalyzer"):
        assert analysed("ko", "검색엔진") == ["검색", "색엔", "엔진"]
    assert analysed("org.apache.lucene.analysis.core.KeywordAnalyzer", "A b") == ["A b"]


def test_an_unknown_language(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="language 'xx'.*Known are ar,"):
        build_text_index(DOCUMENTS, tmp_path / "i", language="xx")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("documents", "message"),
    [
        ([], "empty"),
        ([("a", "x"), ("a", "y")], "'a' is used twice"),
        ([("a b", "x")], "'a b'"),
        ([("", "x")], "''"),
        ([("\ud800", "x")], "half of a character"),
    ],
)
def test_bad_documents(tmp_path: Path, documents: list[tuple[str, str]], message: str) -> None:
    with pytest.raises(InputError, match=message):
        build_text_index(documents, tmp_path / "i", language=None)
    assert not list(tmp_path.iterdir())


def test_text_that_is_not_unicode_is_mended(tmp_path: Path) -> None:
    index = build_text_index([("a", "red \ud800 fish")], tmp_path / "i", language=None)
    assert index.terms == ["fish", "red"]
    assert index.search({"q": "\udfff fish"}).run.doc_ids.tolist() == ["a"]
