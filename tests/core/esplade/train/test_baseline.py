from __future__ import annotations

import pytest

import esplade
from encoders.finetuning.pairs import RankingData
from esplade.train.baseline import bm25_in_pool, bm25_postings
from esplade.train.teachers import teachers
from ground.errors import InputError

TITLES = {"d1": "sort a list", "d2": "sort a file", "d3": "open a file", "d4": "sort"}


def test_bm25_in_a_pool() -> None:
    queries = {"q1": "sort", "q2": "open file", "q3": "nothing known", "q4": "list"}
    relevant = {"q1": ["d2"], "q2": ["d3"], "q3": ["d1"], "q4": []}
    # The shorter documents come first for q1: d4, then d1 and d2 by their ids.
    assert bm25_in_pool(RankingData(queries, TITLES, relevant)) == pytest.approx((1 / 3 + 1) / 3)


@pytest.mark.slow
def test_postings_of_bm25() -> None:
    queries = {"q1": "sort list", "q2": "file"}
    qrels = {"dev": {"q1": {"d1": 1}, "q2": {"d2": 1}}}
    data = esplade.Dataset.from_dicts(TITLES, queries, qrels, language="en")
    # Lists of sort (3), list (1) and file (2) over two queries.
    assert bm25_postings(data, "title", "dev") == 3.0


def test_teachers_by_name() -> None:
    found, facts = teachers(["bm25"], TITLES.values(), print)
    assert len(found) == 1 and facts == [{"name": "bm25"}]
    with pytest.raises(InputError, match="named twice"):
        teachers(["bm25", "bm25"], TITLES.values(), print)
    with pytest.raises(InputError, match="There is no folder"):
        teachers(["nowhere"], TITLES.values(), print)
