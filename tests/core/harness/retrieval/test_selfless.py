from __future__ import annotations

import numpy as np
import pytest

from harness.retrieval.selfless import without_self
from harness.runs.runfile import Run


def run_of(results: dict[str, list[str]]) -> Run:
    counts = [len(found) for found in results.values()]
    documents = [d for found in results.values() for d in found]
    scores = [float(n) for count in counts for n in range(count, 0, -1)]
    return Run(
        list(results),
        np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        np.asarray(documents, dtype=object),
        np.asarray(scores),
        "t",
    )


@pytest.mark.parametrize(
    ("results", "k", "expected", "dropped"),
    [
        ({"a": ["a", "b", "c"]}, 2, {"a": ["b", "c"]}, 1),
        ({"a": ["b", "a", "c"]}, 2, {"a": ["b", "c"]}, 1),
        ({"a": ["b", "c", "a"]}, 2, {"a": ["b", "c"]}, 1),
        ({"a": ["b", "c", "d"]}, 2, {"a": ["b", "c"]}, 0),
        ({"a": ["a"], "b": []}, 2, {"a": [], "b": []}, 1),
        ({"x": [], "a": ["b", "a"], "b": ["b", "a", "c"]}, 1, {"x": [], "a": ["b"], "b": ["a"]}, 2),
        ({}, 2, {}, 0),
    ],
)
def test_results_that_stay(
    results: dict[str, list[str]], k: int, expected: dict[str, list[str]], dropped: int
) -> None:
    run, count = without_self(run_of(results), k)
    assert {query: documents.tolist() for query, documents, _ in run} == expected
    assert count == dropped


def test_scores_go_with_their_documents() -> None:
    run, _ = without_self(run_of({"a": ["x", "a", "y"]}), 2)
    assert run.scores.tolist() == [3.0, 1.0]
