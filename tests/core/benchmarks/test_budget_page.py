"""The tables of trainings to a budget, by hand."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.budget_page import BEST, STEERED, WITHIN, judged, tables, trios

POINT = "7:20"


def outcome(seed: int, weight: float | None, dev: float, rr: float, test: float) -> dict[str, Any]:
    figures = {"postings": dev, "rr_at_10": rr}
    points = {point: {"postings": dev + 4, "rr_at_10": test} for point in (POINT, "5:20", "0:0")}
    return {"seed": seed, "weight": weight, "dev": {POINT: figures}, "test": points}


ONE = {
    "bm25": {
        "dev": {"postings": 100.0, "rr_at_10": 0.5},
        "test": {"postings": 200.0, "rr_at_10": 0.4},
    },
    "outcomes": [
        outcome(2, None, 95, 0.6, 0.55),
        outcome(1, 0.1, 400, 0.9, 0.61),
        outcome(1, 1.0, 110, 0.5, 0.41),
        outcome(1, None, 108, 0.6, 0.51),
        outcome(2, 0.1, 300, 0.8, 0.53),
    ],
}


def test_a_seed_is_compared_with_its_own_best_weights() -> None:
    found = trios(ONE, POINT)
    assert list(found) == [1, 2]
    assert [found[1][name]["weight"] for name in (STEERED, BEST, WITHIN)] == [None, 0.1, 1.0]
    assert WITHIN not in found[2] and found[2][BEST]["weight"] == 0.1


def test_what_is_asked_is_judged() -> None:
    found = judged(ONE, POINT)
    assert found["ratios"] == {"dev": [1.08, 0.95], "test": [1.12, 0.99]}
    assert found["met"] == {"dev": True, "test": False}
    # Seed 1: .51 - .61 and .51 - .41; seed 2: .55 - .53.
    assert found["gains"] == pytest.approx({BEST: -0.04, WITHIN: 0.1})


def test_a_budget_that_is_missed_is_said_to_be() -> None:
    far = {**ONE, "outcomes": [*ONE["outcomes"], outcome(3, None, 88, 0.6, 0.5)]}
    made = tables({"point": POINT, "collections": {"one": far}})
    assert "on the dev queries the budget is missed, at most 12% off" in made["verdict"]
    assert f"below that of the {BEST} (-0.040)" in made["verdict"]
    assert f"at least that of the {WITHIN} (+0.100)" in made["verdict"]


def test_tables() -> None:
    made = tables({"point": POINT, "collections": {"one": ONE}})
    summary = made["summary"].splitlines()
    # Deviation of .51 and .55.
    assert summary[2] == "| one | to the budget | 2 | 1.08, 0.95 | .530 (.028) |"
    assert summary[4] == f"| one | {WITHIN} | 1 | 1.10 | .410 |"
    assert summary[5] == "| one | BM25 |  | 1 (100; on test 2.00) | .400 |"
    first = "| one | 1 | to the budget | steered | 108 | 1.08 | .600 | 112 | 1.12 | .510 |"
    assert made["seeds"].splitlines()[2] == first
    assert len(made["weights"].splitlines()) == 2 + 5
