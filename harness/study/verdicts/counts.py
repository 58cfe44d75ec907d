"""Counts instead of "mostly": how many of the best cells are of a kind, against chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class TopCount:
    """How many of the m best of n cells are of a kind, of which there are m.

    Attributes:
        found: how many.
        top: m.
        cells: n.
        expected: by chance, m * m / n.
        p_chance: probability of at least as many if all orders were equally likely
            (hypergeometric).
        low: 2.5th percentile of the count in the resamples.
        high: 97.5th percentile.
        mostly: share of the resamples in which more than half of the best are of the kind.
        best: the m best, best first.
    """

    found: int
    top: int
    cells: int
    expected: float
    p_chance: float
    low: int
    high: int
    mostly: float
    best: tuple[str, ...]


def count_top(
    cells: Sequence[str],
    means: NDArray[np.float64],
    draws: NDArray[np.float64],
    kind: Sequence[str],
) -> TopCount:
    """Count the cells of a kind among as many best ones.

    Args:
        cells: names, n of them.
        means: shape (n,); larger is better. Ties go to the cell that is not of the kind, so that
            a tie never speaks for a claim.
        draws: resampled means, shape (resamples, n).
        kind: the cells of the kind; m of them.
    """
    from scipy import stats

    inside = np.array([cell in kind for cell in cells])
    top, total = int(inside.sum()), len(cells)
    order = np.lexsort((inside, -means))
    found = int(inside[order[:top]].sum())
    # A tie between resampled means has probability 0 but for cells that are equal throughout.
    ranked = np.argsort(-draws + inside * 1e-15, axis=1, kind="stable")[:, :top]
    counts = inside[ranked].sum(axis=1)
    low, high = np.percentile(counts, [2.5, 97.5], method="nearest").astype(int).tolist()
    return TopCount(
        found=found,
        top=top,
        cells=total,
        expected=top * top / total,
        p_chance=float(stats.hypergeom.sf(found - 1, total, top, top)),
        low=low,
        high=high,
        mostly=float(np.mean(counts > top / 2)),
        best=tuple(cells[i] for i in order[:top]),
    )
