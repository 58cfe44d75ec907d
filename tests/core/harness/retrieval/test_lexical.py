"""BM25 as vectors: Lucene's own scores, and values worked out by hand."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from harness.lucene.text_index import build_text_index
from harness.retrieval.lexical import document_vectors, kept_length, query_vectors
from harness.vectors.memory import to_dicts


def test_lengths_as_lucene_keeps_them() -> None:
    lengths = np.array([0, 1, 23, 24, 31, 39, 40, 41, 42, 55, 56, 59, 60, 100, 1000])
    # 24 + 16 = 40 is the last that is exact; then steps of 2 from 40, of 4 from 56, ...
    assert kept_length(lengths).tolist() == [
        *(0, 1, 23, 24, 31, 39, 40, 40, 42, 54, 56, 56, 60, 96, 984)
    ]


def test_a_weight_by_hand(tmp_path: Path) -> None:
    texts = {"d1": "a a b", "d2": "b", "d3": ""}
    with build_text_index(texts.items(), tmp_path / "index", language=None) as index:
        found = to_dicts(document_vectors(index, texts))
        asked = to_dicts(query_vectors(index, {"q": "b a b zzz"}))
    # N = 2 (d3 has no term), avgdl = 2; a: df 1, idf = ln(1 + 1.5 / 1.5) = ln 2.
    norm = 0.9 * (1 - 0.4 + 0.4 * 3 / 2)
    assert found["d1"]["a"] == pytest.approx(math.log(2) * 2 / (2 + norm))
    assert found["d1"]["b"] == pytest.approx(math.log1p(0.5 / 2.5) / (1 + norm))
    assert found["d3"] == {} and asked == {"q": {"b": 2.0, "a": 1.0}}


def test_products_are_lucene_s_scores(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    words = [f"w{i}" for i in range(60)]
    lengths = [0, 1, 5, 23, 24, 41, 57, 90, 400, 3000] * 8
    texts = {f"d{i:02d}": " ".join(rng.choice(words, n)) for i, n in enumerate(lengths)}
    queries = {f"q{i}": " ".join(rng.choice(words, 5)) for i in range(20)}
    with build_text_index(texts.items(), tmp_path / "index", language=None) as index:
        run = index.search(queries, k=100).run
        documents, asked = document_vectors(index, texts), query_vectors(index, queries)
    scores = (asked.matrix @ documents.matrix.T).toarray()
    place = {name: column for column, name in enumerate(documents.ids)}
    for row, (_, found, theirs) in enumerate(run):
        ours = scores[row, [place[name] for name in found]]
        np.testing.assert_allclose(ours, theirs, rtol=2e-6)
        assert len(found) == np.count_nonzero(scores[row])
