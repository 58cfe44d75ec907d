"""Search in two steps: by hand, against brute force, and what it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from impact_vectors import random_vectors

from ground.errors import InputError
from harness.lucene.impact_index import ImpactIndex
from harness.lucene.two_step import TwoStepSearch
from harness.pruning import NONE, Rule
from harness.quantisation.quantiser import Quantiser
from harness.retrieval import exact
from harness.retrieval.hidden import hidden_weights
from harness.retrieval.indexing import IndexSettings, index_vectors
from harness.retrieval.outcome import Outcome
from harness.retrieval.searching import prepare_queries
from harness.retrieval.two_step import search_two_steps
from harness.vectors.model import Vectors

INTEGERS = Quantiser.parse("none")
TERMS = ["a", "b", "c", "e", "f"]
ALGORITHMS = ["memory", "saat", "maxscore", "lucene"]


class Pair(NamedTuple):
    """A collection, its index and the index of what a pruning leaves."""

    documents: Vectors
    first: ImpactIndex
    full: ImpactIndex

    def search(
        self, queries: Vectors, k: int, candidates: int, prune: Rule = NONE, **more: object
    ) -> Outcome:
        pruned, unpruned = (
            prepare_queries(queries, self.first, prune),
            prepare_queries(queries, self.full),
        )
        options = {"k": k, "candidates": candidates, "needed": True, **more}
        return search_two_steps(self.first, self.full, pruned, unpruned, **options)  # type: ignore[arg-type]


def pair(documents: Vectors, rule: Rule, folder: Path) -> Pair:
    settings = [IndexSettings(one, INTEGERS) for one in (rule, NONE)]
    first, full = (
        index_vectors(documents, folder / str(place), one, overwrite=True)
        for place, one in enumerate(settings)
    )
    return Pair(documents, first, full)


def by_name(rows: dict[str, dict[str, int]], terms: list[str] = TERMS) -> Vectors:
    dense = [[row.get(term, 0) for term in terms] for row in rows.values()]
    return Vectors(list(rows), terms, sp.csr_array(np.array(dense, np.int32)))


FOUR = {
    "d1": {"a": 30, "b": 10, "c": 5},
    "d2": {"a": 20, "b": 19, "c": 18},
    "d3": {"b": 25, "e": 5},
    "d4": {"e": 20, "f": 10},
}
ASKED = {"q1": {"a": 1, "b": 1, "c": 1}, "q2": {"e": 2, "f": 1}, "q3": {}}


@pytest.fixture(scope="module")
def four(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    # What is left: d1 a 30, d2 a 20, d3 b 25, d4 e 20.
    made = pair(by_name(FOUR), Rule.top(1), tmp_path_factory.mktemp("four"))
    yield made
    made.first.close()
    made.full.close()


def results(outcome: Outcome) -> dict[str, list[tuple[str, int]]]:
    return {q: list(zip(d.tolist(), s.tolist(), strict=True)) for q, d, s in outcome.run}


def test_four_documents_by_hand(four: Pair) -> None:
    # Step one of q1: d1 30, d3 25, d2 20; full scores: d2 57, d1 45, d3 25.
    # A document outside may have 25 by a, and 19 and 18 hidden in b and c: 62.
    found = four.search(by_name(ASKED), 1, 2)
    assert results(found) == {"q1": [("d1", 45)], "q2": [("d4", 50)], "q3": []}
    costs = {name: values.tolist() for name, values in found.further.items()}
    # Of q1 the vectors of d1 and d3 are read, 3 + 2 weights; q2 finds d4 alone, 2 weights. Outside
    # of q2 are documents that show nothing, and hide 2 x 5 in e and 10 in f: 20, which is not 50.
    assert costs["lookups"] == [5, 2, 0] and costs["candidates"] == [2, 1, 0]
    assert costs["certified"] == [0, 1, 1]
    assert costs["candidates_needed"] == [3, 1, 0]
    assert found.postings.tolist() == [3, 1, 0]


def test_one_more_candidate_and_nothing_is_lost(four: Pair) -> None:
    # Outside are documents of 20 at most, the rest hidden: 57, as d2 has. One with 20 would stand
    # after d2, the last candidate, and one of 19 comes to 56.
    found = four.search(by_name(ASKED), 1, 3)
    assert results(found)["q1"] == [("d2", 57)]
    assert found.further["lookups"].tolist() == [8, 2, 0]
    assert found.further["certified"].tolist() == [1, 1, 1]
    facts = found.facts()
    assert facts["certified"] == {"queries": 3, "share": 1.0}
    assert (facts["candidates_needed"]["max"], facts["candidates_needed"]["never"]) == (3, 0)


def test_more_candidates_than_documents_and_timing(four: Pair) -> None:
    found = four.search(by_name(ASKED), 10, 1000, repeats=2)
    # d4 shares no term with q1, and d2 none with q2: neither is a result. d3 has e, but hides it.
    assert results(found)["q1"] == [("d2", 57), ("d1", 45), ("d3", 25)]
    assert results(found)["q2"] == [("d4", 50)]
    assert found.further["candidates_needed"].tolist() == [3, np.inf, 0]
    assert found.further["certified"].tolist() == [0, 0, 1]
    assert found.seconds.shape == (2, 3)
    assert found.facts()["rescoring"]["measurements"] == 6


def test_hidden_weights_by_hand(four: Pair) -> None:
    assert hidden_weights(four.first, four.full).tolist() == [0, 19, 18, 5, 10]
    assert hidden_weights(four.full, four.full).tolist() == [0] * 5


def test_equal_full_scores_stand_by_document_id(tmp_path: Path) -> None:
    rows = {"d1": {"a": 1, "b": 5}, "d2": {"a": 3, "b": 3}, "d3": {"a": 2, "b": 4}}
    made = pair(by_name(rows), Rule.parse("list:9"), tmp_path)
    query = by_name({"q": {"a": 1, "b": 1}})
    # By a alone: d2, d3, d1.
    found = made.search(query, 2, 3, Rule.top(1))
    assert results(found)["q"] == [("d1", 6), ("d2", 6)]
    assert results(made.search(query, 2, 2, Rule.top(1)))["q"] == [("d2", 6), ("d3", 6)]


class Case(NamedTuple):
    """What the property is tried with."""

    seed: int
    rule: str
    queries: str
    k: int
    candidates: int
    algorithm: str
    high: int


CASES = st.builds(
    Case,
    st.integers(0, 10_000),
    st.sampled_from(["top:3", "top:8", "threshold:2", "share:0.4", "list:40", "ratio:0.5", "none"]),
    st.sampled_from(["none", "top:2", "ratio:0.6", "match:2", "top:3+match:3"]),
    st.sampled_from([1, 3, 10]),
    st.sampled_from([10, 25, 80, 500]),
    st.sampled_from(ALGORITHMS),
    st.sampled_from([4, 20, 60_000]),
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(CASES)
def test_what_is_certified_is_exact_and_what_is_needed_is_enough(
    tmp_path_factory: pytest.TempPathFactory, case: Case
) -> None:
    documents = random_vectors(case.seed, 300, 60, 8, case.high, "d")
    queries = random_vectors(case.seed + 1, 25, 70, 4, 5, "q")
    made = pair(documents, Rule.parse(case.rule), tmp_path_factory.mktemp("case"))
    found = made.search(
        queries,
        case.k,
        case.candidates,
        Rule.parse(case.queries),
        algorithm=case.algorithm,
        threads=2,
    )
    best = exact.search(documents, queries, case.k)
    lossless = []
    for (_, ids, scores), hits in zip(found.run, best, strict=True):
        expected = [documents.ids[row] for row in hits.rows]
        lossless.append(ids.tolist() == expected)
        assert not lossless[-1] or scores.tolist() == hits.scores.tolist()
        # Full scores, whatever step one missed.
        full = dict(zip(documents.ids, scored(documents, queries, len(lossless) - 1), strict=True))
        assert [full[name] for name in ids] == scores.tolist()
    sure = found.further["certified"] == 1
    assert not (sure & ~np.array(lossless)).any()
    assert ((found.further["candidates_needed"] <= case.candidates) == lossless).all()
    if (case.rule, case.queries) == ("none", "none"):
        assert all(lossless) and sure.all()
    made.first.close()
    made.full.close()


def scored(documents: Vectors, queries: Vectors, row: int) -> list[int]:
    aligned = exact.align(queries, documents.terms).astype(np.int64)
    return list((documents.matrix.astype(np.int64) @ aligned.T.tocsr()[:, [row]]).toarray().ravel())


def test_lookups_are_the_lengths_of_the_candidates(tmp_path: Path) -> None:
    # Impacts and terms that do not fit into 32 bits together are held in two arrays.
    documents = random_vectors(5, 200, 4000, 30, 2**23 // 10, "d")
    queries = random_vectors(6, 20, 4000, 3, 2, "q")
    made = pair(documents, Rule.top(10), tmp_path)
    found = made.search(queries, 5, 20)
    step_one = made.first.search(prepare_queries(queries, made.first).vectors, k=20).run
    lengths = dict(zip(documents.ids, documents.lengths().tolist(), strict=True))
    read = [sum(lengths[name] for name in ids) for _, ids, _ in step_one]
    assert found.further["lookups"].tolist() == read
    assert found.further["candidates"].tolist() == np.diff(step_one.offsets).tolist()
    for (_, ids, scores), row in zip(found.run, range(len(queries.ids)), strict=True):
        full = dict(zip(documents.ids, scored(documents, queries, row), strict=True))
        assert [full[name] for name in ids] == scores.tolist()


def test_large_results_come_in_several_calls(four: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = four.search(by_name(ASKED), 2, 3)
    monkeypatch.setattr("harness.lucene.results._CALL_HITS", 2)
    found = four.search(by_name(ASKED), 2, 3)
    assert results(found) == results(expected)
    for name, values in expected.further.items():
        assert found.further[name].tolist() == values.tolist()


def test_no_queries(four: Pair) -> None:
    none = Vectors([], TERMS, sp.csr_array((0, 5), dtype=np.int32))
    found = TwoStepSearch(four.first, four.full, none, none, k=1, candidates=2).search()
    assert (found.result.run.query_ids, found.steps.lookups.tolist()) == ([], [])


@pytest.mark.parametrize(
    ("rows", "quantise", "words"),
    [
        ({**FOUR, "d5": {"a": 1}}, "none", "different documents .5 and 4; not in both: 'd5'"),
        ({**FOUR, "d4": {"e": 20, "g": 1}}, "none", "1 of the 5 terms .* 'g'"),
        ({**FOUR, "d4": {"e": 20, "a": 1}}, "none", "'a' of the document 'd4'.* 1, .*not at all"),
        ({**FOUR, "d4": {"e": 21}}, "none", "'e' of the document 'd4'.* 21, .*the impact 20"),
        (FOUR, "scale:2", "different scales, --quantize scale:2 and none"),
    ],
)
def test_an_index_that_is_no_pruning(
    four: Pair, tmp_path: Path, rows: dict[str, dict[str, int]], quantise: str, words: str
) -> None:
    terms = [*TERMS[:4], "g"] if "g" in rows["d4"] else TERMS
    settings = IndexSettings(NONE, Quantiser.parse(quantise))
    with (
        index_vectors(by_name(rows, terms), tmp_path / "other", settings) as other,
        pytest.raises(InputError, match=words) as refused,
    ):
        Pair(four.documents, other, four.full).search(by_name(ASKED), 1, 2)
    assert "same vectors with the same --quantize" in str(refused.value)


def test_fewer_candidates_than_results(four: Pair) -> None:
    with pytest.raises(InputError, match="2 candidates are fewer than the 3 .*--candidates"):
        four.search(by_name(ASKED), 3, 2)
