"""What a dev pool says of the whole collection that it was drawn from."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse
from tiny_encoder import tiny_encoder

from encoders.encoding.encode import encode
from encoders.finetuning.pairs import RankingData
from encoders.finetuning.ranking import _shares, _term_counts, rank_pool

MODEL = tiny_encoder()
DATA = RankingData(
    queries={"q1": "cat", "q2": "dog"},
    documents={"d1": "the cat", "d2": "the dog", "d3": "a dog", "d4": "open garden"},
    relevant={"q1": ["d1"], "q2": ["d2"]},
)


def test_an_answer_stands_for_itself_and_a_drawn_document_for_its_share() -> None:
    # 10 documents, 1 of them an answer: the other 9 are shown by 3.
    assert _shares(4, {1}, 10).tolist() == [3, 1, 3, 3]
    assert _shares(4, {1}, 4).tolist() == _shares(4, {1}, 0).tolist() == [1, 1, 1, 1]
    assert _shares(2, {0, 1}, 10).tolist() == [1, 1]


def test_terms_are_counted_by_share() -> None:
    rows = sparse.csr_array(np.array([[1.0, 2.0, 0.0], [3.0, 0.0, 1.0]]))
    shares = np.array([1.0, 3.0])
    assert _term_counts(rows, 0).tolist() == [2, 1, 1]
    assert _term_counts(rows, 0, shares).tolist() == [4, 1, 3]
    assert _term_counts(rows, 1, shares).tolist() == [3, 1, 0]


def test_postings_of_a_pool_are_those_of_its_collection() -> None:
    queries, documents = (
        (encode(MODEL, list(texts.values()), side=side).toarray() > 0).astype(float)
        for texts, side in ((DATA.queries, "query"), (DATA.documents, "doc"))
    )
    shared = queries @ documents.T
    # Of 10 documents d1 and d2 are answers; d3 and d4 stand for the other 8.
    expected = (shared[:, :2].sum() + 4 * shared[:, 2:].sum()) / 2
    assert rank_pool(MODEL, DATA, (0, 0), 10).postings == pytest.approx(expected)
    assert rank_pool(MODEL, DATA, window=1).postings == pytest.approx(shared.sum() / 2)
