"""Corpora: equal lengths, equal tokens, nothing twice; values worked out by hand."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from harness.study import by_length
from harness.study import texts as of


def test_texts_are_equal_by_their_normal_form() -> None:
    assert of.normal("  The\tＡＳＭ  Straße ") == "the asm strasse"
    found = of.distinct(["A b", "a  B", "", " ", "c", "D"], frozenset({"d"}))
    assert list(found) == ["A b", "c"]


def test_pieces_hold_every_word_once_and_do_not_cross_paragraphs() -> None:
    paragraphs = ["a b c d e f g", "h", "i j k"]
    found = list(of.pieces(paragraphs, [2, 3], seed=1))
    assert " ".join(found).split() == ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"]
    assert "h" in found and {len(piece.split()) for piece in found} <= {1, 2, 3}
    assert found == list(of.pieces(paragraphs, [2, 3], seed=1))


def test_quotas_are_proportional_and_add_up() -> None:
    lengths = np.array([3, 3, 3, 4, 4, 9])
    assert by_length.quotas(lengths, 12) == {3: 6, 4: 4, 9: 2}
    # 3.5, 2.33 and 1.17: the largest remainder gets the one that is left.
    assert by_length.quotas(lengths, 7) == {3: 4, 4: 2, 9: 1}


def test_the_first_texts_of_each_length_are_chosen() -> None:
    lengths = np.array([5, 3, 0, 3, 4, 3, 5])
    assert by_length.by_quota(lengths, {3: 2, 5: 1}).tolist() == [0, 1, 3]


def test_nearest_lengths_stand_in_and_unusable_texts_never_do() -> None:
    lengths = np.array([5, 3, 0, 3, 4, 8])
    assert by_length.by_quota(lengths, {3: 3, 9: 1}).tolist() == [1, 3, 4, 5]
    assert by_length.by_quota(lengths, {3: 9}).tolist() == [0, 1, 3, 4, 5]


def test_stand_ins_leave_the_sum_of_tokens_as_wanted() -> None:
    lengths = np.array([3, 4, 4, 4, 4, 5, 5, 5, 6, 6])
    # Two texts of 3 tokens lack; two of 4 stand in, so two others are a token shorter.
    chosen = by_length.by_quota(lengths, {3: 3, 5: 3})
    assert len(chosen) == 6 and lengths[chosen].sum() == 3 * 3 + 3 * 5


@given(
    st.lists(st.integers(0, 9), min_size=40, max_size=200),
    st.dictionaries(st.integers(3, 7), st.integers(1, 8), min_size=1),
)
def test_quotas_are_met_as_nearly_as_texts_allow(there: list[int], wanted: dict[int, int]) -> None:
    lengths = np.array(there)
    chosen = by_length.by_quota(lengths, wanted)
    size = sum(wanted.values())
    assert len(set(chosen.tolist())) == len(chosen) == min(size, np.count_nonzero(lengths))
    assert (lengths[chosen] > 0).all()
    if not by_length.lacking(lengths, wanted):
        found = np.unique(lengths[chosen], return_counts=True)
        assert dict(zip(*(part.tolist() for part in found), strict=True)) == wanted


@given(st.lists(st.integers(3, 20), min_size=12, max_size=200), st.integers(1, 4))
def test_a_stratified_sample_repeats_the_tokens_of_all(lengths: list[int], passes: int) -> None:
    every = np.array(lengths[: len(lengths) // passes * passes])
    count = len(every) // passes
    chosen = by_length.stratified(every, count, seed=3)
    assert len(set(chosen.tolist())) == count
    # Strata lie one after the other: their spreads add up to no more than the range.
    spread = (every.max() - every.min()) * passes
    assert abs(int(every[chosen].sum()) * passes - int(every.sum())) <= spread


def test_overlap_with_a_corpus() -> None:
    corpus = ["The cat", "a dog"]
    assert of.share_in(["the  CAT", "the mouse"], corpus) == 0.5
    by_use, by_word = of.word_overlap(["cat cat mouse"], corpus, lambda text: text.lower().split())
    assert (by_use, by_word) == (2 / 3, 1 / 2)
    assert of.share_in([], corpus) == 0 and of.word_overlap([], corpus, str.split) == (0, 0)


def test_documents_are_chosen_by_a_hash() -> None:
    names = [f"d{i}" for i in range(50)]
    few, more = of.chosen_by_hash(names, 5), of.chosen_by_hash(reversed(names), 20)
    assert len(few) == 5 and few < more
    assert of.chosen_by_hash(names, 0) == frozenset(names)
