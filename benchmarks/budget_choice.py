"""Which weights `benchmarks.budget_steering` tries by hand, and which of them is the best.

An outcome is what one fine-tuning came to: its collection, seed, weight (None where a budget
steered it), and its figures by split and pruning.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

Outcome = Mapping[str, Any]

GRID = (0.1, 0.3, 1.0, 3.0)
"""Weights that the first seed tries, before any that the budget asks for beyond them."""
LADDER = (0.001, 0.003, 0.01, 0.03, *GRID, 10.0, 30.0, 100.0)
SLACK = 1.1
"""A training is within a budget when it reads at most so many times as much."""


def next_weight(postings: Mapping[float, float], budget: float) -> float | None:
    """The weight that the first seed tries next; None when its weights bracket the budget.

    Args:
        postings: a query on the dev queries, by each weight that was tried.
        budget: in postings a query.
    """
    left = [weight for weight in GRID if weight not in postings]
    if left:
        return left[0]
    low, high = min(postings), max(postings)
    if postings[low] <= budget:
        return max((one for one in LADDER if one < low), default=None)
    if postings[high] > budget:
        return min((one for one in LADDER if one > high), default=None)
    return None


def bracket(postings: Mapping[float, float], budget: float) -> list[float]:
    """The lightest weight within the budget and the next lighter one; one where there is one."""
    weights = sorted(postings)
    at = next((i for i, one in enumerate(weights) if postings[one] <= budget), len(weights))
    return weights[max(0, at - 1) : at + 1]


def between(postings: Mapping[float, float], budget: float) -> float | None:
    """The weight at which the budget is met, on a straight line through a bracket, log by log.

    Returns:
        With two digits; None where there is no bracket.
    """
    found = bracket(postings, budget)
    if len(found) < 2 or not postings[found[0]] > budget >= postings[found[1]]:
        return None
    light, heavy = (math.log(one) for one in found)
    much, little = (math.log(postings[one]) for one in found)
    share = (much - math.log(budget)) / (much - little)
    return float(f"{math.exp(light + share * (heavy - light)):.2g}")


def best(outcomes: Iterable[Outcome], point: str, most: float = math.inf) -> Outcome | None:
    """Of those that read at most so many postings on the dev queries the best RR@10 there.

    The lighter weight, where two are equal.
    """
    able = [one for one in outcomes if one["dev"][point]["postings"] <= most]
    if not able:
        return None
    return min(able, key=lambda one: (-one["dev"][point]["rr_at_10"], one["weight"]))
