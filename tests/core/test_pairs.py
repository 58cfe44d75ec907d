from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse
from tiny_encoder import tiny_encoder

from encoders.errors import EncoderInputError
from encoders.pairs import PairCollator, RankingData, TokenisedPairs
from encoders.ranking import mean_reciprocal_rank, rank_pool
from encoders.synthetic import crop_pairs, sentence_pairs, sentences, with_synthetic

MODEL = tiny_encoder()
DATA = RankingData(
    queries={"q1": "cat", "q2": "dog", "q3": "garden", "q4": "no answer"},
    documents={"d1": "the cat", "d2": "the dog", "d3": "the dog", "d4": "open garden"},
    relevant={"q1": ["d1", "d4"], "q2": ["d2"], "q3": ["d4"]},
    negatives={"q1": ["d2"], "q3": ["d1", "d2"]},
)


def test_answers_of_other_queries_and_equal_documents_are_no_negatives() -> None:
    pairs = TokenisedPairs(MODEL, DATA)
    assert len(pairs) == 4 and len(pairs.documents) == 3  # d2 and d3 are one document
    # Contents in order: "open garden" 0, "the cat" 1, "the dog" 2. Queries q1, q2, q3.
    got = pairs.blocked(np.array([0, 1, 2]), np.array([1, 2, 0]))
    assert got.tolist() == [[True, False, True], [False, True, False], [False, False, True]]


def test_batches_hold_hard_negatives_after_the_positives() -> None:
    pairs = TokenisedPairs(MODEL, DATA)
    collator = PairCollator(MODEL, pairs, hard=2, seed=0)
    batch = collator([{"index": i} for i in range(4)])
    assert batch["query_ids"].shape[0] == 4
    assert batch["doc_ids"].shape[0] == 4 + 2 * 3  # q2 has none; q1 has two pairs
    assert batch["blocked"].shape == (4, 10)


def test_nothing_to_train_on() -> None:
    with pytest.raises(EncoderInputError, match="judgment"):
        TokenisedPairs(MODEL, RankingData({"q": "a"}, {"d": "b"}, {"q": ["other"]}))


def test_reciprocal_rank_by_hand() -> None:
    documents = sparse.csr_array(np.array([[1.0, 0], [1, 0], [2, 0], [0, 1]]))
    queries = sparse.csr_array(np.array([[1.0, 0], [1, 0], [1, 0], [0, 0]]))
    # Order of the first query: 2, then 0 and 1 tied in this order, then 3 without a score.
    relevant = [{0}, {1, 3}, {3}, {0}]
    assert mean_reciprocal_rank(queries, documents, relevant) == pytest.approx((1 / 2 + 1 / 3) / 4)
    assert mean_reciprocal_rank(queries, documents, relevant, depth=2) == pytest.approx(0.5 / 4)


def test_a_pool_is_ranked() -> None:
    figures = rank_pool(MODEL, DATA)
    assert 0 < figures.rr_at_10 <= 1 and figures.doc_terms > 0 and figures.query_terms > 0


def test_sentences() -> None:
    text = "One is here. Two, e.g. this! Three?\n파일을 지웁니다. 폴더를 엽니다."
    assert sentences(text) == [
        "One is here.",
        "Two, e.g. this!",
        "Three?",
        "파일을 지웁니다.",
        "폴더를 엽니다.",
    ]


def test_sentence_pairs_are_drawn_by_seed() -> None:
    paragraphs = [f"First number {i} stands here. Second number {i} stands there." for i in "abc"]
    paragraphs.append("Only one sentence stands here.")
    got = sentence_pairs(paragraphs, limit=2, seed=3)
    assert got == sentence_pairs(paragraphs, limit=2, seed=3) and len(got) == 2
    assert all(q.startswith("Second") and d.startswith("First") for q, d in got)


def test_only_answers_of_given_queries_lend_their_sentences() -> None:
    data = RankingData({"q": "cat sat on mat"}, {"d1": "cat", "d2": "dog"}, {"q": ["d1"]})
    texts = {"d1": "A cat sat down. cat sat on mat", "d2": "A dog of the test set sat."}
    got = with_synthetic(data, texts=texts, paragraphs=["One two three four. Two three four five."])
    assert set(got.queries.values()) == {"cat sat on mat", "A cat sat down. cat sat on mat"}
    limited = with_synthetic(data, paragraphs=["One two three four. Two three four five."], limit=5)
    assert sorted(limited.queries.values()) == ["Two three four five.", "cat sat on mat"]
    assert "One two three four." in limited.documents.values()


def test_crops_are_half_of_a_documents_own_words_in_their_order() -> None:
    contents = {"d1": "alpha beta gamma delta epsilon", "d2": "too short", "d3": "one two three"}
    crops = dict((document, crop) for crop, document in crop_pairs(contents, seed=1))
    assert set(crops) == {"d1", "d3"}
    for document, crop in crops.items():
        words = contents[document].split()
        kept = crop.split()
        assert len(kept) == 2
        assert [w for w in words if w in kept] == kept
    assert list(crop_pairs(contents, seed=1)) == list(crop_pairs(contents, seed=1))


def test_cropped_documents_become_pairs() -> None:
    data = RankingData({"q": "x"}, {"d1": "alpha beta gamma", "d2": "b c d"}, {"q": ["d1"]})
    got = with_synthetic(data, cropped={"d2": "b c d"})
    (name,) = set(got.queries) - {"q"}
    assert got.relevant[name] == ["d2"]
    assert set(got.queries[name].split()) < {"b", "c", "d"}
