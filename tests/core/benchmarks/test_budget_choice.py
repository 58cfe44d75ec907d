"""Which weights are tried beside a budget, and which is the best, by hand."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.budget_choice import best, between, bracket, next_weight

POINT = "7:20"


def outcome(weight: float | None, postings: float, rr: float, seed: int = 1) -> dict[str, Any]:
    figures = {POINT: {"postings": postings, "rr_at_10": rr}}
    return {"weight": weight, "seed": seed, "dev": figures, "test": figures}


def test_the_grid_first_then_beyond_it_until_the_budget_is_bracketed() -> None:
    assert next_weight({}, 100) == 0.1
    assert next_weight({0.1: 900}, 100) == 0.3
    tried = {0.1: 900.0, 0.3: 500.0, 1.0: 300.0, 3.0: 200.0}
    assert next_weight(tried, 250) is None
    assert next_weight(tried, 100) == 10
    assert next_weight({**tried, 10.0: 90.0}, 100) is None
    assert next_weight(tried, 900) == 0.03
    assert next_weight({**tried, 0.03: 1000.0}, 900) is None


def test_a_budget_out_of_reach_has_an_end() -> None:
    tried = {0.1: 900.0, 0.3: 500.0, 1.0: 300.0, 3.0: 200.0, 100.0: 150.0}
    assert next_weight(tried, 100) is None
    assert next_weight({**tried, 0.001: 950.0}, 1000) is None


def test_the_bracket_is_the_lightest_within_and_its_lighter_neighbour() -> None:
    tried = {3.0: 200.0, 0.1: 900.0, 1.0: 300.0, 0.3: 500.0}
    assert bracket(tried, 300) == [0.3, 1.0]
    assert bracket(tried, 299) == [1.0, 3.0]
    assert bracket(tried, 1000) == [0.1]
    assert bracket(tried, 100) == [3.0]


def test_between_is_a_straight_line_log_by_log() -> None:
    # 100 is half way from 200 to 50 on the log scale, as is 1 from 0.1 to 10.
    assert between({0.1: 200.0, 10.0: 50.0}, 100) == pytest.approx(1)
    assert between({0.1: 200.0, 10.0: 50.0}, 50) == pytest.approx(10)
    assert between({0.1: 200.0, 10.0: 50.0}, 40) is None
    assert between({0.1: 200.0, 10.0: 50.0}, 300) is None


def test_the_best_is_by_dev_and_may_have_to_be_within_a_budget() -> None:
    tried = [outcome(0.1, 900, 0.6), outcome(0.3, 500, 0.7), outcome(1.0, 110, 0.5)]
    assert best(tried, POINT) == tried[1]
    assert best(tried, POINT, most=110) == tried[2]
    assert best(tried, POINT, most=109) is None
    assert best([*tried, outcome(0.2, 700, 0.7)], POINT) == outcome(0.2, 700, 0.7)
