from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from impact_vectors import random_vectors, vectors

from ground.errors import InputError, IntegrityError
from harness.lucene.impact_build import build_impact_index
from harness.lucene.impact_index import ImpactIndex
from harness.pruning import Rule
from harness.quantisation.quantiser import Quantiser
from harness.retrieval.explaining import explain
from harness.retrieval.searching import PreparedQueries, prepare_queries

TERMS = ["a", "b", "c", "unused"]
ROWS = {"d1": {"a": 3, "b": 1}, "d2": {"a": 2}, "d3": {"c": 9}}


def prepared(index: ImpactIndex, rows: dict[str, dict[str, int]]) -> PreparedQueries:
    rule = Quantiser.parse("none")
    return prepare_queries(vectors(rows, [*TERMS, "new"]), index, Rule.top(0), rule)


@pytest.fixture
def small(tmp_path: Path) -> ImpactIndex:
    return build_impact_index(vectors(ROWS, TERMS), tmp_path / "i")


def test_by_hand(small: ImpactIndex) -> None:
    queries = prepared(small, {"q0": {"c": 1}, "q": {"a": 2, "b": 7, "c": 1, "new": 5}})
    one, three = explain(small, queries, "q", ["d1", "d3"], k=2)
    assert (one.score, one.rank, one.k) == (2 * 3 + 7 * 1, 1, 2)
    assert [(t.term, t.query, t.document, t.product) for t in one.shared] == [
        ("b", 7, 1, 7),
        ("a", 2, 3, 6),
    ]
    assert [(t.term, t.document_frequency) for t in one.missing] == [("new", 0), ("c", 1)]
    assert one.others == []
    assert one.to_dict()["shared"][0] | {"share": 7 / 13} == one.to_dict()["shared"][0]
    assert (three.score, three.rank) == (9, 2)
    (two,) = explain(small, queries, "q", ["d2"], k=2)
    assert (two.score, two.rank) == (4, None)
    (none,) = explain(small, queries, "q0", ["d1"])
    assert (none.score, none.rank, none.shared) == (0, None, [])
    assert [(t.term, t.document) for t in none.others] == [("a", 3), ("b", 1)]


def test_unknown_names(small: ImpactIndex) -> None:
    queries = prepared(small, {"query-1": {"a": 1}, "other": {"a": 1}})
    with pytest.raises(InputError, match="no query 'query-2' among the 2.*'query-1'"):
        explain(small, queries, "query-2", ["d1"])
    with pytest.raises(InputError, match="no document 'd9'"):
        explain(small, queries, "other", ["d9"])


def test_equal_to_search(tmp_path: Path) -> None:
    documents = random_vectors(1, 400, 300, 30, 20, "d")
    queries = random_vectors(2, 20, 300, 12, 9, "q")
    with build_impact_index(documents, tmp_path / "i") as index:
        asked = prepare_queries(queries, index, Rule.top(0), Quantiser.parse("none"))
        for query, ids, scores in index.search(asked.vectors, k=50).run:
            explained = explain(index, asked, query, ids.tolist(), k=50)
            assert [one.score for one in explained] == scores.tolist()
            assert [one.rank for one in explained] == list(range(1, len(ids) + 1))


def test_a_search_that_disagrees(small: ImpactIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    queries = prepared(small, {"q": {"a": 1}})
    search = small.search

    def wrong(*args: object, **options: object) -> object:
        result = search(*args, **options)  # type: ignore[arg-type]
        return replace(result, run=replace(result.run, scores=result.run.scores + np.int64(1)))

    monkeypatch.setattr(small, "search", wrong)
    with pytest.raises(IntegrityError, match="add up to 3 for the query 'q', but.*gives 4"):
        explain(small, queries, "q", ["d1"])
