"""Differences of two systems on the same queries, which every test here is of."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

ROUNDING = 1e-12
"""Relative size of what the last bits of equal values may differ by."""

Floats = NDArray[np.float64]


def paired_differences(values: ArrayLike, baseline: ArrayLike) -> Floats:
    """Values minus the baseline's, a query each; what differs in its last bits only is zero.

    Args:
        values: of the system, shape (queries,).
        baseline: of the baseline, same queries in the same order.

    Raises:
        ValueError: the shapes differ, or are not (queries,).
    """
    a, b = np.asarray(values, dtype=np.float64), np.asarray(baseline, dtype=np.float64)
    if a.shape != b.shape or a.ndim != 1:
        raise ValueError(f"paired values need the same queries, not shapes {a.shape}, {b.shape}")
    difference = a - b
    # Equal values that were computed in another order may differ in their last bits.
    noise = np.abs(difference) <= ROUNDING * np.maximum(np.abs(a), np.abs(b))
    return np.where(noise, 0.0, difference)


def spread(difference: Floats) -> float:
    """Standard deviation (n - 1) of paired differences; 0 if they are constant."""
    if len(difference) < 2:
        return 0.0
    found = float(difference.std(ddof=1))
    return 0.0 if found <= ROUNDING * abs(float(difference.mean())) else found
