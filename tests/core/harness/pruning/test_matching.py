"""The number of a rule that leaves so many postings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp

from ground.errors import InputError
from harness.pruning import Columns, Rule
from harness.pruning.matching import match_postings


def matrix(rows: list[list[float]]) -> sp.csr_array:
    return sp.csr_array(np.asarray(rows, dtype=np.float32))


ROWS = matrix([[8, 4, 2, 1], [6, 6, 3, 0], [5, 0, 0, 0]])


def test_numbers_worked_out_by_hand() -> None:
    # 8 weights; top:1 leaves 3, top:2 leaves 5, top:3 leaves 7.
    assert match_postings("top:?", ROWS, 5) == (Rule.top(2), 5, 5)
    assert match_postings("top:?", ROWS, 6) == (Rule.top(2), 5, 6)
    assert match_postings("top:?", ROWS, 1) == (Rule.top(1), 3, 1)
    assert match_postings("top:?", ROWS, 100).postings == 8
    # Lists of 3, 2, 2 and 1: list:1 leaves 4, list:2 leaves 7.
    assert match_postings("list:?", ROWS, 7) == (Rule.parse("list:2"), 7, 7)
    # Ratios to the largest: 1, 1/2, 1/4, 1/8; 1, 1, 1/2; 1. Above 1/2 four are left, at it six.
    found = match_postings("ratio:?", ROWS, 6)
    assert found.postings == 6 and 0.25 < found.rule.steps[0][1] <= 0.5
    assert match_postings("ratio:?", ROWS, 5).postings == 4
    found = match_postings("threshold:?", ROWS, 5)
    assert found.postings == 5 and 3 <= found.rule.steps[0][1] < 4


@pytest.mark.parametrize("kind", ["share", "ratio", "threshold", "mass", "fraction", "entropy"])
@pytest.mark.parametrize("wanted", [700, 2500, 6000])
def test_all_come_near_on_weights_that_differ(kind: str, wanted: int) -> None:
    generator = np.random.default_rng(3)
    dense = generator.exponential(size=(300, 60)) * (generator.random((300, 60)) < 0.5)
    weights = matrix(dense.tolist())
    found = match_postings(f"{kind}:?", weights, wanted)
    assert found.postings == found.rule.apply(weights).nnz
    # One k for rows of equal length, and few of these: fraction's steps are wide.
    near = 0 if kind == "share" else 1 if kind in ("ratio", "threshold") else 60
    assert abs(found.postings - wanted) <= near


def test_near_enough_ends_the_search() -> None:
    generator = np.random.default_rng(4)
    weights = matrix(generator.exponential(size=(200, 40)).tolist())
    found = match_postings("ratio:?", weights, 1000, tolerance=0.05)
    assert 950 <= found.postings <= 1050 and len(str(found.rule)) <= len("ratio:0.12")
    assert found.postings == found.rule.apply(weights).nnz


def test_steps_around_the_open_one() -> None:
    found = match_postings("ratio:0.3+top:?", ROWS, 3)
    assert str(found.rule) == "ratio:0.3+top:1" and found.postings == 3
    found = match_postings("top:?+ratio:0.5", ROWS, 6)
    assert found.postings == found.rule.apply(ROWS).nnz == 6
    # Terms of 3, 2, 2 and 1 documents, 2 in the mean: above 1 and up to 1.5 the first one goes.
    found = match_postings("common:?:1", ROWS, 5)
    assert found.postings == found.rule.apply(ROWS).nnz == 5


def test_columns_are_handed_on(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    log.write_text("b\nc\n")
    columns = Columns(["a", "b", "c", "d"])
    # 4 and 2 are left of the first row, 6 and 3 of the second.
    found = match_postings(f"asked:{log}+top:?", ROWS, 2, columns)
    assert (found.rule, found.postings) == (Rule.asked({"b", "c"}) + Rule.top(1), 2)


@pytest.mark.parametrize("pattern", ["top:3", "common:?:?", "top:?+ratio:?"])
def test_one_number_is_open(pattern: str) -> None:
    with pytest.raises(InputError, match="no single number open"):
        match_postings(pattern, ROWS, 3)


def test_what_is_no_rule_is_told() -> None:
    with pytest.raises(InputError, match="is no pruning rule"):
        match_postings("half:?", ROWS, 3)
