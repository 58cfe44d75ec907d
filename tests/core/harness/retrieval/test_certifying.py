"""The bound on what lies outside the candidates, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from harness.lucene.results import Hits
from harness.lucene.two_step import Steps
from harness.retrieval.certifying import Reach, certified


def reach(shown: list[float], hidden: list[float], least: int = 1) -> Reach:
    return Reach(np.array(shown), np.array(hidden), least)


@pytest.mark.parametrize(
    ("score", "most"),
    [
        # Nothing shown: all three terms may be hidden, 4 + 6 + 5.
        (0, 15),
        # The first 10 points come cheapest from the term that hides 4 where it shows up to 10:
        # each takes 0.4 of the hidden away.
        (5, 18),
        (10, 21),
        # Then from the one that hides 6 and shows up to 8: each takes 0.75.
        (14, 22),
        (18, 23),
        # More than all terms together show is not possible.
        (99, 23),
    ],
)
def test_the_bound_at_a_score_of_step_one(score: float, most: int) -> None:
    # The third term was pruned from the query, and shows nothing.
    assert reach([8, 10, 0], [6, 4, 5]).full(score) == most


def test_a_term_that_hides_more_than_it_shows_adds_nothing() -> None:
    assert [reach([3, 4], [5, 1]).full(score) for score in (0, 4, 7)] == [6, 9, 9]


def test_what_documents_that_hold_too_few_terms_can_show() -> None:
    three = [reach([5, 0, 2, 3], [0, 0, 0, 0], least).unmatched() for least in (1, 2, 3)]
    assert three == [0, 5, 8]


def sure(
    one: Reach, worst: int, number: int, last: tuple[int, int], *, found: int = 5, hits: int = 1
) -> bool:
    """One query, k = 1 (2 for the tests of too few hits), 5 candidates asked for of 20 documents.

    Args:
        one: the reach.
        worst: full score of the k-th result.
        number: of its document.
        last: number and score of the last candidate.
        found: candidates found.
        hits: results.
    """
    results = Hits(
        np.array([hits]),
        np.full(hits, number, np.int32),
        np.full(hits, worst, np.float32),
        np.zeros(1),
    )
    steps = Steps(*(np.array([value]) for value in (found, *last, 0, 0.0)))
    answer = certified([one], results, steps, k=1 + (hits != 1), candidates=5, documents=20)
    return bool(answer[0])


def test_above_the_bound_and_below_it() -> None:
    one = reach([8, 10, 0], [6, 4, 5])  # 21 at a score of 10
    assert sure(one, 22, 9, (3, 10))
    assert not sure(one, 20, 9, (3, 10))


def test_equal_scores_are_decided_by_document_number() -> None:
    exact = reach([10], [0])  # a document outside has its score in step one, 10 at most
    # Those that have 10, too, come after document 7, where step one ended among equals.
    assert sure(exact, 10, 7, (7, 10)) and sure(exact, 10, 6, (7, 10))
    assert not sure(exact, 10, 8, (7, 10))
    # 10 with any score in step one, so that it may be any document.
    assert not sure(reach([10], [10]), 10, 6, (7, 10))


def test_fewer_candidates_than_asked_for_leave_documents_that_show_nothing() -> None:
    one = reach([8, 10, 0], [6, 4, 5])  # 15 at a score of 0
    assert sure(one, 16, 9, (3, 10), found=4)
    assert not sure(one, 15, 0, (3, 10), found=4)


def test_fewer_results_than_asked_for() -> None:
    # A document outside would be one more, unless it can have no score at all.
    assert sure(reach([10], [0]), 4, 1, (2, 3), found=4, hits=0)
    assert not sure(reach([10], [1]), 4, 1, (2, 3), found=4, hits=0)


def test_nothing_is_outside_when_all_documents_are_candidates() -> None:
    assert sure(reach([1], [99]), 1, 1, (2, 1), found=20)


def test_documents_that_hold_too_few_terms_may_show_more_than_the_last_candidate() -> None:
    one = reach([8, 10], [0, 0], least=2)
    # One term alone shows up to 10, with any number.
    assert sure(one, 11, 9, (3, 4))
    assert not sure(one, 10, 2, (3, 10))
