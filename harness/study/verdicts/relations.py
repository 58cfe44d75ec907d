"""Rank correlation of two numbers over cells, with an interval over cells."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness.study.verdicts.resampling import RESAMPLES, percentiles

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class RankCorrelation:
    """Spearman's rho.

    Attributes:
        rho: of the cells' means over seeds; NaN if one of the numbers never varies.
        low: lower end of the 95% bootstrap interval over cells.
        high: upper end.
        p: two-sided, by permutation of the cells.
        cells: how many.
    """

    rho: float
    low: float
    high: float
    p: float
    cells: int


def spearman(x: Floats, y: Floats, resamples: int = RESAMPLES, seed: int = 0) -> RankCorrelation:
    """Rank correlation over cells; the interval draws cells with replacement.

    Cells are what the relation is claimed for, so it is cells that are drawn; with eight of them
    the interval is wide, which is what eight cells are worth. Draws in which a number does not
    vary are left out.

    Args:
        x: shape (cells,), means over seeds.
        y: the same shape.
        resamples: of the interval and of the permutation test.
        seed: of the random generator.
    """
    kept = np.isfinite(x) & np.isfinite(y)
    x, y = x[kept], y[kept]
    n = len(x)
    if n < 3 or _constant(x) or _constant(y):
        return RankCorrelation(math.nan, math.nan, math.nan, math.nan, n)
    rng = np.random.default_rng(seed)
    picked = rng.integers(0, n, (resamples, n))
    rhos = _rhos(x[picked], y[picked])
    low, high = percentiles(rhos)
    rho = float(_rhos(x[None], y[None])[0])
    shuffled = rng.permuted(np.tile(y, (resamples, 1)), axis=1)
    under_chance = _rhos(np.tile(x, (resamples, 1)), shuffled)
    extreme = int(np.sum(np.abs(under_chance) >= abs(rho) - 1e-12))
    return RankCorrelation(rho, low, high, (1 + extreme) / (1 + resamples), n)


def _rhos(x: Floats, y: Floats) -> Floats:
    """Pearson correlation of mean ranks, row by row; NaN where a row is constant."""
    from scipy import stats

    a, b = stats.rankdata(x, axis=1), stats.rankdata(y, axis=1)
    a, b = a - a.mean(axis=1, keepdims=True), b - b.mean(axis=1, keepdims=True)
    scale = np.sqrt((a**2).sum(axis=1) * (b**2).sum(axis=1))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((a * b).sum(axis=1) / scale)


def _constant(x: Floats) -> bool:
    return bool(np.all(x == x[0]))
