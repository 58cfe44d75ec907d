"""Uncertainty over trainings and queries at once: two-way residuals and a crossed bootstrap.

A cell of a study is trained once a seed and every training answers the same queries. Had we drawn
other queries, or other seeds, a mean would differ; both are resampled here. Queries are shared by
all cells, so that comparisons stay paired; what is left of a training after its cell's and its
seed's mean is resampled as a residual, because two or three seeds a cell are too few to be drawn
from by themselves (Davison and Hinkley, Bootstrap Methods and their Application, 1997).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
RESAMPLES = 2_000
CONFIDENCE = 0.95
_BATCH = 4_000_000


@dataclass(frozen=True)
class Contrast:
    """A weighted sum of cells' means, where each cell is trained once a seed.

    Attributes:
        estimate: sum of weight times mean.
        low: lower end of the 95% interval; NaN with one seed.
        high: upper end.
        p: two-sided; NaN with one seed.
        df: degrees of freedom of the error.
        agreeing: seeds in which the contrast has the estimate's sign.
    """

    estimate: float
    low: float
    high: float
    p: float
    df: int
    agreeing: int


def two_way_residuals(means: Floats) -> Floats:
    """What is left of (cells, seeds) after the means of rows and columns, scaled to full variance.

    ``r_cs = y_cs - y_c. - y_.s + y_..``, times ``sqrt(C S / ((C - 1)(S - 1)))``, so that their
    mean square is the residual mean square of the randomised block design. All 0 with one seed
    or one cell, where nothing can be known.
    """
    cells, seeds = means.shape
    if cells < 2 or seeds < 2:
        return np.zeros_like(means)
    rows, columns = means.mean(axis=1, keepdims=True), means.mean(axis=0, keepdims=True)
    scale = math.sqrt(cells * seeds / ((cells - 1) * (seeds - 1)))
    return np.asarray((means - rows - columns + means.mean()) * scale)


def block_contrast(values: Floats, weights: Floats, confidence: float = CONFIDENCE) -> Contrast:
    """Contrast in a randomised block design: cells are treatments, seeds are blocks.

    Its standard error is ``sqrt(MS_residual * sum_c w_c^2 / S)`` with (C - 1)(S - 1) degrees of
    freedom; interval and p-value by Student's t. For two cells this is the paired t-test.

    Args:
        values: a number a training, shape (cells, seeds).
        weights: shape (cells,), summing to 0.
        confidence: of the interval.
    """
    from scipy import stats

    cells, seeds = values.shape
    by_seed = weights @ values
    estimate = float(by_seed.mean())
    agreeing = int(np.sum(np.sign(by_seed) == np.sign(estimate)))
    df = (cells - 1) * (seeds - 1)
    if df < 1:
        return Contrast(estimate, math.nan, math.nan, math.nan, 0, agreeing)
    error = math.sqrt(float(np.mean(two_way_residuals(values) ** 2)) * (weights @ weights) / seeds)
    if error == 0:
        return Contrast(estimate, estimate, estimate, 0.0 if estimate else 1.0, df, agreeing)
    reach = float(stats.t.ppf(0.5 + confidence / 2, df)) * error
    p = 2 * float(stats.t.sf(abs(estimate) / error, df))
    return Contrast(estimate, estimate - reach, estimate + reach, p, df, agreeing)


def resampled_means(
    values: Floats,
    resamples: int = RESAMPLES,
    seed: int = 0,
    *,
    multiplicative: bool = False,
) -> Floats:
    """Means of cells in a crossed bootstrap over queries and trainings.

    Each resample draws queries with replacement, the same for all cells, and adds to each cell's
    mean the mean of S residuals (see `two_way_residuals`) drawn from those of all trainings, times
    t / z at 97.5%: the error of few trainings is known from (C - 1)(S - 1) degrees of freedom
    only, and percentiles of a bootstrap do not know that. With one seed only queries are drawn.
    Equal shapes and seeds give equal draws, so that two measures of the same trainings are
    resampled together.

    Args:
        values: shape (cells, seeds, queries).
        resamples: number of them.
        seed: of the random generator.
        multiplicative: whether trainings differ by factors rather than by amounts (costs):
            residuals are of the logarithms, and multiply. Needs positive means.

    Returns:
        Shape (resamples, cells).
    """
    cells, seeds, queries = values.shape
    by_query = values.mean(axis=1)
    batch = max(1, _BATCH // queries)
    drawn = drawn_queries(queries, resamples, seed)
    starts = range(0, resamples, batch)
    means = np.concatenate([drawn[i : i + batch] @ by_query.T / queries for i in starts])
    rng = np.random.default_rng((seed, 1))
    picked = rng.integers(0, cells * seeds, (resamples, cells, seeds))
    trained = values.mean(axis=2)
    residuals = two_way_residuals(np.log(trained) if multiplicative else trained).ravel()
    moved = few_trainings((cells - 1) * (seeds - 1)) * residuals[picked].mean(axis=2)
    return np.asarray(means * np.exp(moved) if multiplicative else means + moved)


def few_trainings(df: int) -> float:
    """Ratio of the 97.5% quantiles of Student's t and the normal; 1 where there is no error."""
    from scipy import stats

    tail = 0.5 + CONFIDENCE / 2
    return float(stats.t.ppf(tail, df) / stats.norm.ppf(tail)) if df > 0 else 1.0


@lru_cache(maxsize=2)
def drawn_queries(queries: int, resamples: int, seed: int) -> NDArray[np.uint16]:
    """How often each query is drawn, shape (resamples, queries); the same for equal arguments."""
    rng = np.random.default_rng((seed, 0))
    batch = max(1, _BATCH // queries)
    counts = np.empty((resamples, queries), dtype=np.uint16)
    for start in range(0, resamples, batch):
        size = min(batch, resamples - start)
        # A draw's number and its query as one number, so that one pass counts a whole batch.
        picked = rng.integers(0, queries, (size, queries)) + np.arange(size)[:, None] * queries
        found = np.bincount(picked.ravel(), minlength=size * queries)
        counts[start : start + size] = found.reshape(size, queries)
    return counts


def percentiles(draws: Floats, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Percentile interval of resampled numbers; NaN where there are none."""
    kept = draws[np.isfinite(draws)]
    if not len(kept):
        return math.nan, math.nan
    low, high = np.percentile(kept, [50 - 50 * confidence, 50 + 50 * confidence])
    return float(low), float(high)


def mean_reach(values: Floats, confidence: float = CONFIDENCE) -> float:
    """Half the length of the interval of one cell's mean over seeds, error pooled over cells.

    ``t * sqrt(MS_residual / S)`` of the randomised block design (see `block_contrast`); NaN with
    one seed or one cell.
    """
    from scipy import stats

    cells, seeds = values.shape
    df = (cells - 1) * (seeds - 1)
    if df < 1:
        return math.nan
    error = math.sqrt(float(np.mean(two_way_residuals(values) ** 2)) / seeds)
    return float(stats.t.ppf(0.5 + confidence / 2, df)) * error
