"""What Figure 1 draws: cells at prunings, with the intervals of their means."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harness.runs.perquery import POSTINGS
from harness.study.verdicts.evidence import Evidence
from harness.study.verdicts.resampling import mean_reach
from harness.study.verdicts.results import BM25


@dataclass(frozen=True)
class Spot:
    """A cell at a pruning: means over its seeds, and half the length of their intervals."""

    cell: str
    pruning: str
    cost: float
    value: float
    cost_factor: float
    value_reach: float


def find_spots(evidence: Evidence, measure: str) -> list[Spot]:
    """What is drawn: every cell, longer ones too, at every pruning it was evaluated at."""
    results = evidence.results
    values, costs = results.panels.get(measure), results.panels.get(POSTINGS)
    if values is None or costs is None:
        return []
    found = []
    for cell in [*evidence.levels, *results.longer()]:
        for pruning in results.grid:
            seeds = [s for s in values.seeds(cell, pruning) if s in costs.seeds(cell, pruning)]
            if not seeds:
                continue
            rows = [values.rows[cell, seed, pruning] for seed in seeds]
            cost_rows = [costs.rows[cell, seed, pruning] for seed in seeds]
            cost = float(costs.values[cost_rows].mean())
            reach = _reach(evidence, measure, pruning, cell, logarithmic=False)
            factor = math.exp(_reach(evidence, POSTINGS, pruning, cell, logarithmic=True))
            value = float(values.values[rows].mean())
            found.append(Spot(cell, pruning, cost, value, factor, reach))
    return found


def budget(evidence: Evidence, measure: str) -> tuple[float, float] | None:
    """BM25's mean cost and effectiveness."""
    panels = evidence.results.panels
    if measure not in panels or POSTINGS not in panels:
        return None
    value, cost = panels[measure].of(BM25, -1, ""), panels[POSTINGS].of(BM25, -1, "")
    if value is None or cost is None:
        return None
    return float(cost.mean()), float(value.mean())


def _reach(
    evidence: Evidence, measure: str, pruning: str, cell: str, *, logarithmic: bool
) -> float:
    """Half the interval of a cell's mean over seeds; 0 if that cannot be known."""
    block = evidence.by_query(measure, pruning)
    if block is None or cell not in block.cells:
        return 0.0
    means = block.values.mean(axis=2)
    if logarithmic and not (means > 0).all():
        return 0.0
    reach = mean_reach(np.log(means) if logarithmic else means, evidence.settings.confidence)
    return reach if math.isfinite(reach) else 0.0


def apart(spots: Sequence[Spot]) -> bool:
    """Whether no cell's cost at one pruning is among the others' costs at another."""
    ranges = [
        (min(s.cost for s in spots if s.pruning == p), max(s.cost for s in spots if s.pruning == p))
        for p in {s.pruning for s in spots}
    ]
    ordered = sorted(ranges)
    return all(high < low for (_, high), (low, _) in zip(ordered, ordered[1:], strict=False))


def highest(spots: Sequence[Spot]) -> list[Spot]:
    """The most effective cell at every pruning."""
    best: dict[str, Spot] = {}
    for spot in spots:
        if spot.pruning not in best or spot.value > best[spot.pruning].value:
            best[spot.pruning] = spot
    return list(best.values())


def line_ends(spots: Sequence[Spot]) -> list[Spot]:
    """The cheapest and the dearest point of every cell."""
    found = []
    for cell in dict.fromkeys(s.cell for s in spots):
        own = sorted((s for s in spots if s.cell == cell), key=lambda s: s.cost)
        found += [own[0], own[-1]] if len(own) > 1 else own
    return found
