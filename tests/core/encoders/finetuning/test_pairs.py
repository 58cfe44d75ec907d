from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse
from tiny_encoder import tiny_encoder

from encoders.finetuning.batches import PairCollator
from encoders.finetuning.pairs import RankingData, TokenisedPairs
from encoders.finetuning.ranking import Best, rank_pool
from encoders.finetuning.synthetic import (
    crop_pairs,
    own_word_pairs,
    sentence_pairs,
    sentences,
    with_synthetic,
)
from ground.errors import InputError

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
    scores = {"q1": {"d1": 5.0, "d2": 1.0, "d4": 4.0}, "q3": {"d3": 2.5}}
    pairs = TokenisedPairs(MODEL, replace(DATA, scores=scores))
    collator = PairCollator(MODEL, pairs, hard=2, seed=0)
    # Pairs in order: q1 with "open garden" 0 and "the cat" 1, q2 with "the dog" 2, q3 with 0.
    batch = collator([{"index": i, "pass": 0} for i in range(4)])
    assert batch["query_ids"].shape[0] == 4
    # q1 knows one hard negative, d2; q2 none; q3 two, d1 and d2.
    assert batch["doc_numbers"].tolist()[:6] == [0, 1, 2, 0, 2, 2]
    assert sorted(batch["doc_numbers"].tolist()[6:]) == [1, 2]
    assert batch["group"].tolist() == [[0, 4, -1], [1, 5, -1], [2, -1, -1], [3, 6, 7]]
    teacher = np.nan_to_num(batch["teacher"].numpy(), nan=-1).tolist()
    assert teacher[:3] == [[4, 1, -1], [5, 1, -1], [-1, -1, -1]]
    assert sorted(teacher[3]) == [-1, -1, 2.5]  # d3 has the content of d2


def test_a_draw_depends_on_seed_pass_and_pair_alone() -> None:
    negatives = {"q3": ["d1", "d2"]}
    pairs = TokenisedPairs(MODEL, replace(DATA, negatives=negatives))

    def drawn(seed: int, turn: int, *indices: int) -> list[int]:
        collator = PairCollator(MODEL, pairs, hard=1, seed=seed)
        batch = collator([{"index": i, "pass": turn} for i in indices])
        return batch["doc_numbers"].tolist()[len(indices) :]

    assert drawn(0, 0, 3) == drawn(0, 0, 1, 3) == drawn(0, 0, 3, 2)
    assert len({tuple(drawn(0, turn, 3)) for turn in range(20)}) == 2


def test_answers_are_no_hard_negatives() -> None:
    negatives = {"q2": ["d3", "d1", "d1", "unknown"], "q1": ["d1"]}
    pairs = TokenisedPairs(MODEL, replace(DATA, negatives=negatives))
    # d3 has the content of q2's answer, d2.
    assert [numbers.tolist() for numbers in pairs.negatives] == [[], [1], []]


def test_nothing_to_train_on() -> None:
    with pytest.raises(InputError, match="judgment"):
        TokenisedPairs(MODEL, RankingData({"q": "a"}, {"d": "b"}, {"q": ["other"]}))


@pytest.mark.parametrize("window", [1, 2, 3, 4])
def test_reciprocal_rank_by_hand(window: int) -> None:
    documents = sparse.csr_array(np.array([[1.0, 0], [1, 0], [2, 0], [0, 1]], dtype=np.float32))
    queries = sparse.csr_array(np.array([[1.0, 0], [1, 0], [1, 0], [0, 0]], dtype=np.float32))
    # Order of the first query: 2, then 0 and 1 tied in this order, then 3 without a score.
    relevant = [{0}, {1, 3}, {3}, {0}]
    for depth, expected in ((10, (1 / 2 + 1 / 3) / 4), (2, 0.5 / 4)):
        best = Best(queries, depth)
        for first in range(0, 4, window):
            best.add(documents[first : first + window], first)
        assert best.mean_reciprocal_rank(relevant) == pytest.approx(expected)


def test_the_best_of_windows_are_the_best_of_all() -> None:
    generator = np.random.default_rng(3)
    dense = generator.integers(0, 3, (300, 12)).astype(np.float32)  # many ties
    queries = generator.integers(0, 2, (20, 12)).astype(np.float32)
    best = Best(sparse.csr_array(queries), 5)
    for first in range(0, 300, 37):
        best.add(sparse.csr_array(dense[first : first + 37]), first)
    for row, scores in enumerate(queries @ dense.T):
        order = np.lexsort((np.arange(300), -scores))[:5]
        expected = [d if scores[d] > 0 else -1 for d in order]
        assert best.documents[row].tolist() == expected


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


def test_queries_of_own_words_are_drawn_by_rarity() -> None:
    contents = {f"d{i}": f"Common word rare{i}" for i in range(200)} | {"one": "alone", "none": ""}
    made = list(own_word_pairs(contents, count=4, seed=1))
    assert made == list(own_word_pairs(contents, count=4, seed=1))
    assert made != list(own_word_pairs(contents, count=4, seed=2))
    assert [query for query, document in made if document == "one"] == ["alone"]
    assert "none" not in {document for _, document in made}
    for query, document in made:
        own = contents[document].lower().split()
        assert [word for word in own if word in query.split()] == query.split()
    assert len(made) == len(set(made))
    single = [query for query, _ in made if len(query.split()) == 1 and query != "alone"]
    rare = sum(query.startswith("rare") for query in single)
    # log(1 + 202 / 1) = 5.3 against twice log(1 + 202 / 200) = 0.7.
    assert rare > 0.7 * len(single) > 50


def test_every_document_of_the_collection_gets_queries_of_its_own_words() -> None:
    data = RankingData({"q": "x"}, {"d1": "alpha", "d2": "beta"}, {"q": ["d1"]})
    got = with_synthetic(data, own_words=3)
    assert sorted(got.queries.values()) == ["alpha", "beta", "x"]
    assert sorted(map(list, got.relevant.values())) == [["d1"], ["d1"], ["d2"]]
