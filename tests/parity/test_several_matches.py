"""Queries that ask for several of their terms: brute force, all algorithms, what is read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from impact_vectors import random_vectors, vectors

from ground.errors import InputError
from harness.lucene.impact_build import build_impact_index
from harness.lucene.impact_index import ImpactIndex
from harness.pruning import Rule
from harness.retrieval.indexing import IndexSettings, index_vectors
from harness.retrieval.outcome import search_impacts
from harness.retrieval.searching import prepare_queries
from harness.sweep.grid import parse_grid
from harness.vectors.model import Vectors

ALGORITHMS = ["memory", "saat", "maxscore", "lucene"]


@pytest.fixture(scope="module")
def documents() -> Vectors:
    # More documents than a window has, and lists of all lengths.
    return random_vectors(1, 20_000, 60, 9, 20, "d")


@pytest.fixture(scope="module")
def index(documents: Vectors, tmp_path_factory: pytest.TempPathFactory) -> ImpactIndex:
    return build_impact_index(documents, tmp_path_factory.mktemp("several") / "index")


@pytest.fixture(scope="module")
def queries() -> Vectors:
    return random_vectors(2, 30, 70, 5, 9, "q")


def brute_force(
    documents: Vectors, queries: Vectors, least: int, k: int
) -> list[list[tuple[str, int]]]:
    """The k best of the documents that hold enough of a query's terms that any document holds."""
    known = np.asarray(documents.matrix.sum(axis=0)).ravel() > 0
    asked = queries.matrix.toarray()[:, : len(documents.terms)] * known
    held = documents.matrix.toarray()
    scores = asked.astype(np.int64) @ held.T
    matches = (asked > 0).astype(np.int64) @ (held > 0).T
    wanted = np.maximum(1, np.minimum(least, (asked > 0).sum(axis=1)))
    found = []
    for row in range(len(queries.ids)):
        good = np.flatnonzero((matches[row] >= wanted[row]) & (scores[row] > 0))
        ranked = sorted((-int(scores[row, d]), documents.ids[d]) for d in good)[:k]
        found.append([(name, -score) for score, name in ranked])
    return found


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("least", [1, 2, 3, 5, 50])
def test_every_algorithm_finds_what_brute_force_does(
    index: ImpactIndex, documents: Vectors, queries: Vectors, least: int, algorithm: str
) -> None:
    run = index.search(queries, k=100, threads=2, algorithm=algorithm, least=least).run
    expected = brute_force(documents, queries, least, 100)
    for (_, ids, scores), wanted in zip(run, expected, strict=True):
        assert list(zip(ids.tolist(), scores.tolist(), strict=True)) == wanted


def test_what_is_read_by_hand(tmp_path: Path) -> None:
    rows = {
        "d1": {"a": 1},
        "d2": {"a": 1, "b": 2},
        "d3": {"a": 1, "b": 2, "the": 3},
        "d4": {"the": 1},
        "d5": {"a": 1, "the": 9},
    }
    query = vectors({"q": {"a": 1, "b": 1, "the": 1}})
    with build_impact_index(vectors(rows), tmp_path / "index") as index:
        run = index.search(query, least=2).run
        assert run.doc_ids.tolist() == ["d5", "d3", "d2"] and run.scores.tolist() == [10, 6, 3]
        assert index.search(query, least=3).run.doc_ids.tolist() == ["d3"]
        # For three of three only the shortest list is read (b: d2, d3). "the" is probed for both
        # and has d3, without which d2 cannot come to three; "a" is probed for d3.
        everything, some = (index.touched(query, least=n, algorithm="saat") for n in (1, 3))
    assert everything.scored.tolist() == [9]
    assert some.scored.tolist() == [2 + 1 + 1]


def test_as_a_rule_of_queries(
    documents: Vectors, queries: Vectors, index: ImpactIndex, tmp_path: Path
) -> None:
    (point,) = parse_grid("top:4+match:2/none")
    assert (point.query.least, str(point.query)) == (2, "top:4+match:2")
    with index_vectors(documents, tmp_path / "index", IndexSettings()) as made:
        prepared = prepare_queries(queries, made, point.query)
        found = search_impacts(made, prepared, k=50)
        plain = made.search(prepared.vectors, k=50, least=2).run
    assert found.run.doc_ids.tolist() == plain.doc_ids.tolist()
    assert found.details["touched"]["scored"]["mean"] < float(found.postings.mean())
    for wrong in ("none/match:2", "none/top:5+match:2"):
        with pytest.raises(InputError, match="rule of queries"):
            parse_grid(wrong)
    with pytest.raises(InputError, match="rule of queries"):
        index_vectors(documents, tmp_path / "other", IndexSettings(Rule.parse("match:2")))
    for wrong in ("match:0", "match:1.5", "match"):
        with pytest.raises(InputError, match="no pruning rule"):
            Rule.parse(wrong)
