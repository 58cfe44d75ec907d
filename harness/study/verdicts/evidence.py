"""Complete blocks of a study's numbers and their resamples, each computed once."""

from __future__ import annotations

import math

import numpy as np

from harness.runs.perquery import POSTINGS
from harness.study.verdicts.designs import Levels
from harness.study.verdicts.panel import Block, Floats, complete
from harness.study.verdicts.resampling import resampled_means
from harness.study.verdicts.results import StudyResults
from harness.study.verdicts.settings import Settings


class Evidence:
    """What claims are judged by: blocks of (cells, seeds[, queries]) of the study's grid.

    All cells of the grid are in a block, those that are compared or not, since what the other
    cells' seeds differ by says how much seeds differ.

    Args:
        results: of the study.
        settings: see `Settings`.
        levels: the cells; the grid's by default.
    """

    def __init__(
        self, results: StudyResults, settings: Settings, levels: Levels | None = None
    ) -> None:
        self.results = results
        self.settings = settings
        self.levels: Levels = results.levels() if levels is None else levels
        self._blocks: dict[tuple[str, str], Block | None] = {}
        self._draws: dict[tuple[str, str], Floats] = {}

    @property
    def measure(self) -> str:
        """The measure of effectiveness that verdicts are about: the study's first."""
        return self.results.measures[0]

    @property
    def ends(self) -> list[str]:
        """The unpruned and the strictest point of the grid; once, if they are the same."""
        grid = self.results.grid
        return list(dict.fromkeys([grid[0], grid[-1]])) if grid else []

    def by_query(self, measure: str, pruning: str) -> Block | None:
        """Values a query, shape (cells, seeds, queries); None if there are none."""
        key = (measure, pruning)
        if key not in self._blocks:
            self._blocks[key] = self._query_block(measure, pruning)
        return self._blocks[key]

    def draws(self, measure: str, pruning: str) -> Floats:
        """Resampled means of the cells of `by_query`, shape (resamples, cells)."""
        key = (measure, pruning)
        block = self.by_query(measure, pruning)
        if block is None:
            raise ValueError(f"there are no values of {measure} at {pruning}")
        if key not in self._draws:
            s = self.settings
            costs = is_cost(measure) and bool((block.values.mean(axis=2) > 0).all())
            self._draws[key] = resampled_means(
                block.values, s.resamples, s.seed, multiplicative=costs
            )
        return self._draws[key]

    def by_training(self, table: str, column: str, pruning: str = "") -> Block | None:
        """A number a training, shape (cells, seeds), of ``cells`` or ``points``."""
        found: dict[tuple[str, int], float] = {}
        seeds: dict[str, list[int]] = {}
        for cell in self.levels:
            for seed in self.results.seeds:
                number = self.results.value(table, column, cell, seed, pruning)
                if math.isfinite(number):
                    found[cell, seed] = number
                    seeds.setdefault(cell, []).append(seed)
        cells, shared, note = complete(seeds)
        if not cells:
            return None
        values = np.array([[found[cell, seed] for seed in shared] for cell in cells])
        return Block(tuple(cells), tuple(shared), values, note)

    def _query_block(self, measure: str, pruning: str) -> Block | None:
        panel = self.results.panels.get(measure)
        if panel is None or not panel.values.shape[1]:
            return None
        seeds = {cell: panel.seeds(cell, pruning) for cell in self.levels}
        cells, shared, note = complete(seeds)
        if not cells:
            return None
        rows = [[panel.rows[cell, seed, pruning] for seed in shared] for cell in cells]
        return Block(tuple(cells), tuple(shared), panel.values[np.array(rows)], note)


def is_cost(measure: str) -> bool:
    """Whether a measure of `perquery` is a cost, where trainings differ by factors."""
    return measure == POSTINGS
