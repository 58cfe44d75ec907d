from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import scipy.sparse as sp

from encoders.finetuning.candidates import read_candidates
from harness.retrieval.mining import Answers, hard_negatives, teacher_scores, write_negatives
from harness.vectors import Vectors

CONTENTS = {"d1": "cat", "d2": "dog", "d3": "cat", "d4": "bird", "d5": "fish", "d6": "dog"}
ANSWERS = Answers(CONTENTS, {"q1": {"d1"}, "q2": {"d2", "d4", "unknown"}})
RANKED = [
    ("q1", ["d3", "d2", "empty", "d1", "d4", "d5"]),
    ("q2", ["d6", "d5", "d3"]),
    ("q3", ["d4"]),
]


def test_what_answers_a_query_is_no_negative() -> None:
    # d3 has the content of q1's answer, d6 of q2's; "empty" has no content.
    found = hard_negatives(RANKED, ANSWERS, depth=9)
    assert found == {"q1": ["d2", "d4", "d5"], "q2": ["d5", "d3"], "q3": ["d4"]}


def test_the_top_is_skipped_after_answers_are_left_out() -> None:
    found = hard_negatives(RANKED, ANSWERS, depth=1, skip_top=1)
    assert found == {"q1": ["d4"], "q2": ["d3"], "q3": []}


def test_how_many_a_query_may_lose() -> None:
    assert ANSWERS.most() == 3  # d2, its double d6, and d4
    assert Answers({}, {}).most() == 0


def test_training_reads_what_mining_writes(tmp_path: Path) -> None:
    path = tmp_path / "negatives.jsonl"
    write_negatives(path, {"q1": ["d2", "가"], "q3": []})
    assert json.loads(path.read_text().splitlines()[0])["query_id"] == "q1"
    found = read_candidates(path)
    assert found.negatives == {"q1": ["d2", "가"], "q3": []} and found.scores == {}


def test_scores_are_inner_products_whatever_the_order_of_terms(tmp_path: Path) -> None:
    queries = Vectors(
        ["q1", "q2"], ["a", "b", "x"], sp.csr_array(np.float32([[2, 0.5, 9], [0, 0, 1]]))
    )
    documents = Vectors(
        ["d1", "d2"], ["0", "a", "b"], sp.csr_array(np.float32([[7, 1, 3], [0, 0, 4]]))
    )
    wanted = {"q1": ["d2", "d1", "empty"], "q2": ["d1"]}
    scores = teacher_scores(queries, documents, wanted)
    assert scores == {"q1": {"d2": 2.0, "d1": 3.5}, "q2": {"d1": 0.0}}
    path = tmp_path / "scored.jsonl"
    write_negatives(path, {"q1": ["d2"], "q2": []}, {"q1": {"d1", "empty"}}, scores)
    found = read_candidates(path)
    assert found.negatives == {"q1": ["d2"], "q2": []}
    assert found.scores == {"q1": {"d1": 3.5, "d2": 2.0}}
    first = json.loads(path.read_text().splitlines()[0])
    assert first["positives"] == [{"id": "d1", "score": 3.5}, {"id": "empty"}]
