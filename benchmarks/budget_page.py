"""The tables of runs/budget/README.md: trainings to a budget beside the best weights by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import mean, stdev
from typing import Any

from benchmarks.budget_choice import SLACK, Outcome, best
from benchmarks.page import _rows as rows_of
from benchmarks.page import filled

PAGE = Path(__file__).parents[1] / "runs" / "budget" / "README.md"
STEERED, BEST, WITHIN = "to the budget", "best weight", "best weight within the budget"
NEAR = 0.1
"""Share of the budget that the postings may be off by."""


def tables(facts: Mapping[str, Any]) -> dict[str, str]:
    """Every table by the name of its place in the page.

    Args:
        facts: ``point``, and by ``collections`` their ``bm25`` and ``outcomes``.
    """
    point, found = facts["point"], facts["collections"]
    summary = [row for name, one in found.items() for row in _summary(name, one, point)]
    seeds = [row for name, one in found.items() for row in _seeds(name, one, point)]
    weights = [row for name, one in found.items() for row in _weights(name, one)]
    of_rr = "RR@10 at 7:20, mean (deviation)"
    return {
        "verdict": "".join(f"- {_verdict(name, one, point)}\n" for name, one in found.items()),
        "summary": rows_of(["collection", "trained", "seeds", "postings / budget", of_rr], summary),
        "seeds": rows_of(
            ["collection", "seed", "trained", "weight", "dev: postings", "/ budget", "RR@10"]
            + ["test: postings", "/ budget", "RR@10"],
            seeds,
        ),
        "weights": rows_of(
            ["collection", "seed", "weight", "7:20: postings", "RR@10"]
            + ["5:20: postings", "RR@10", "0:0: postings", "RR@10"],
            weights,
        ),
    }


def write(facts: Mapping[str, Any]) -> None:
    """Fill the tables into the page."""
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(filled(page, tables(facts)), encoding="utf-8")


def trios(one: Mapping[str, Any], point: str) -> dict[int, dict[str, Outcome]]:
    """By seed: the training to the budget, the best weight, and the best one within the budget.

    Only seeds whose training to the budget is there, and of them what there is.
    """
    budget = one["bm25"]["dev"]["postings"]
    found: dict[int, dict[str, Outcome]] = {}
    for steered in one["outcomes"]:
        if steered["weight"] is not None:
            continue
        of_seed = [
            other
            for other in one["outcomes"]
            if other["weight"] is not None and other["seed"] == steered["seed"]
        ]
        chosen = {BEST: best(of_seed, point), WITHIN: best(of_seed, point, SLACK * budget)}
        known = {name: outcome for name, outcome in chosen.items() if outcome is not None}
        found[steered["seed"]] = {STEERED: steered, **known}
    return dict(sorted(found.items()))


def judged(one: Mapping[str, Any], point: str) -> dict[str, Any]:
    """Whether a collection's trainings hold what is asked of them.

    Returns:
        ``ratios`` of postings to the budget by split and seed; ``met``: by split whether none is
        off by more than a tenth; ``gains``: mean RR@10 on the test queries minus that of the best
        weight of the same seed, by which best it is.
    """
    budget, found = one["bm25"]["dev"]["postings"], trios(one, point)
    ratios = {
        split: [trio[STEERED][split][point]["postings"] / budget for trio in found.values()]
        for split in ("dev", "test")
    }
    gains: dict[str, float] = {}
    for name in (BEST, WITHIN):
        both = [(trio[STEERED], trio[name]) for trio in found.values() if name in trio]
        differences = [a["test"][point]["rr_at_10"] - b["test"][point]["rr_at_10"] for a, b in both]
        if differences:
            gains[name] = mean(differences)
    met = {split: all(abs(r - 1) <= NEAR for r in each) for split, each in ratios.items()}
    return {"ratios": ratios, "met": met, "gains": gains}


def _verdict(name: str, one: Mapping[str, Any], point: str) -> str:
    found = judged(one, point)
    parts = []
    for split, ratios in found["ratios"].items():
        said = "met" if found["met"][split] else "missed"
        off = max(abs(ratio - 1) for ratio in ratios)
        parts.append(f"on the {split} queries the budget is {said}, at most {off:.0%} off")
    for which, gain in found["gains"].items():
        said = "at least that" if gain >= 0 else "below that"
        parts.append(f"RR@10 on the test queries is {said} of the {which} ({gain:+.3f})")
    return f"**{name}**: " + "; ".join(parts) + "."


def _summary(name: str, one: Mapping[str, Any], point: str) -> list[list[str]]:
    budget, found, rows = one["bm25"]["dev"]["postings"], trios(one, point), []
    for which in (STEERED, BEST, WITHIN):
        chosen = [trio[which] for trio in found.values() if which in trio]
        if not chosen:
            rows.append([name, which, "0", "–", "–"])
            continue
        ratios = ", ".join(f"{c['dev'][point]['postings'] / budget:.2f}" for c in chosen)
        values = [c["test"][point]["rr_at_10"] for c in chosen]
        rows.append([name, which, str(len(chosen)), ratios, _spread(values)])
    bm25 = one["bm25"]["test"]
    there = f"1 ({budget:,.0f}; on test {bm25['postings'] / budget:.2f})"
    return [*rows, [name, "BM25", "", there, _short(bm25["rr_at_10"])]]


def _seeds(name: str, one: Mapping[str, Any], point: str) -> list[list[str]]:
    budget, rows = one["bm25"]["dev"]["postings"], []
    for seed, trio in trios(one, point).items():
        for which, outcome in trio.items():
            cells = [name, str(seed), which, _weight(outcome["weight"])]
            for split in ("dev", "test"):
                at = outcome[split][point]
                share = at["postings"] / budget
                cells += [f"{at['postings']:,.0f}", f"{share:.2f}", _short(at["rr_at_10"])]
            rows.append(cells)
    return rows


def _weights(name: str, one: Mapping[str, Any]) -> list[list[str]]:
    rows = []
    for outcome in sorted(one["outcomes"], key=lambda o: (o["seed"], o["weight"] or 0)):
        cells = [name, str(outcome["seed"]), _weight(outcome["weight"])]
        for point in ("7:20", "5:20", "0:0"):
            at = outcome["test"][point]
            cells += [f"{at['postings']:,.0f}", _short(at["rr_at_10"])]
        rows.append(cells)
    return rows


def _weight(weight: float | None) -> str:
    return "steered" if weight is None else f"{weight:g}"


def _short(value: float) -> str:
    return f"{value:.3f}".removeprefix("0")


def _spread(values: Sequence[float]) -> str:
    if len(values) < 2:
        return _short(mean(values))
    return f"{_short(mean(values))} ({_short(stdev(values))})"
