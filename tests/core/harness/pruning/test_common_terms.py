"""Common terms with small weights: whose document frequencies, and which limits."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp

import esplade
from ground.errors import InputError
from harness.pruning import Columns, Frequencies, Rule
from harness.quantisation.quantiser import Quantiser
from harness.retrieval.quantisation_loss import compare_quantisers
from harness.retrieval.searching import prepare_queries
from harness.vectors.model import Vectors

TERMS = ["a", "b", "c", "d"]


def vectors(rows: list[list[float]], terms: list[str] = TERMS) -> Vectors:
    matrix = sp.csr_array(np.asarray(rows, dtype=np.float32))
    return Vectors([f"v{n}" for n in range(len(rows))], terms, matrix)


def index(frequency: list[int]) -> Any:
    """What `prepare_queries` asks of an index."""
    return SimpleNamespace(
        terms=["a", "b", "c", "x"],
        document_frequency=np.asarray(frequency, dtype=np.int64),
        manifest={"quantise": "scale:100"},
    )


def test_of_documents_their_own_frequencies_count() -> None:
    # Frequencies 4, 1, 1 and none: the mean of the three terms is 2. a is in 2 times as many.
    rows = [[2, 5, 0, 0], [9, 0, 0, 0], [3, 0, 6, 0], [2, 0, 0, 0]]
    kept = Rule.parse("common:2:0.4").prune(vectors(rows)).matrix.toarray().tolist()
    # 2 <= 0.4 * 5 goes; 9 and 2 are the largest of theirs; 3 > 0.4 * 6 stays.
    assert kept == [[0, 5, 0, 0], [9, 0, 0, 0], [3, 0, 6, 0], [2, 0, 0, 0]]
    same = vectors(rows).matrix
    assert Rule.parse("common:2.01:0.4").apply(same) is same


def test_the_limits_are_elasticsearchs() -> None:
    # Kept below 5 times the mean, not at it; kept above 0.4 of the largest, not at it.
    frequencies = Frequencies(np.asarray([10, 9, 10, 0]), 2.0)
    matrix = vectors([[4, 4, 5, 10]]).matrix
    kept = Rule.parse("common:5:0.4").apply(matrix, Columns(TERMS, frequencies))
    assert kept.toarray().tolist() == [[0, 4, 5, 10]]
    # At 1 not even the largest of a text is above it.
    alone = Rule.parse("common:0:1").apply(matrix, Columns(TERMS, frequencies))
    assert alone.toarray().tolist() == [[0, 0, 0, 10]]


def test_of_queries_those_of_the_index_count() -> None:
    # Held by 8, 1, 2 and 1 documents: mean 3. Only a is in twice as many; d is in none.
    queries = vectors([[1, 3, 0, 2], [1, 0, 0, 0], [2, 0, 3, 0]])
    rule = Rule.parse("common:2:0.4")
    prepared = prepare_queries(queries, index([8, 1, 2, 1]), rule)
    assert prepared.vectors.matrix.toarray().tolist() == [
        [0, 300, 0, 200],
        [100, 0, 0, 0],
        [200, 0, 300, 0],
    ]
    assert (prepared.pruned, prepared.unknown) == (1, 1)
    # Terms without documents do not count: 8, 1 and 1 have the mean 10/3.
    assert prepare_queries(queries, index([8, 1, 0, 1]), rule).pruned == 1
    assert prepare_queries(queries, index([6, 1, 2, 4]), rule).pruned == 0


def test_of_pruned_vectors_in_python() -> None:
    documents = esplade.Vectors.from_dicts(
        {"d1": {"a": 1.0, "b": 2.0}, "d2": {"a": 1.0}, "d3": {"a": 1.0, "c": 2.0}}
    )
    queries = esplade.Vectors.from_dicts({"q": {"a": 1.0, "b": 3.0}})
    assert queries.prune("common:1.5:0.4").to_dicts() == {"q": {"b": 3.0, "a": 1.0}}
    # 3, 1 and 1 documents: the mean is 5/3, and a is above 1.5 times that.
    assert queries.prune("common:1.5:0.4", documents).to_dicts() == {"q": {"b": 3.0}}
    # After top:1 they are 1, 1 and 1.
    pruned = documents.prune("top:1")
    assert queries.prune("common:1.5:0.4", pruned).to_dicts() == {"q": {"b": 3.0, "a": 1.0}}
    with pytest.raises(InputError, match="prunes a collection of documents"):
        queries.prune("share:0.5", documents)


def test_what_a_quantisation_loses_takes_those_of_the_pruned_documents() -> None:
    documents = vectors([[1, 2, 0, 0], [1, 0, 0, 0], [1, 0, 2, 0]])
    queries = vectors([[1, 3, 0, 0]])
    scale = [Quantiser.parse("scale:100")]

    def asked(document: str) -> int:
        rules = {"doc_prune": Rule.parse(document), "query_prune": Rule.parse("common:1.5:0.4")}
        return compare_quantisers(documents, queries, scale, **rules)[0].queries.weights

    assert (asked("none"), asked("top:1")) == (1, 2)


@pytest.mark.parametrize("rule", ["share:0.5", "list:3", "top:3+list:3"])
def test_rules_for_documents_are_refused_for_queries(rule: str) -> None:
    with pytest.raises(InputError, match="prunes a collection of documents"):
        prepare_queries(vectors([[1, 2, 3, 4]]), index([1, 1, 1, 1]), Rule.parse(rule))
