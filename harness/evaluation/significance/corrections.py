"""Corrections of p-values for the number of tests in a family."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's step-down correction, which bounds the chance of any false finding in the family.

    The i-th smallest of m p-values (i from 0) is multiplied by m - i, then made monotone and
    at most 1 (Holm, 1979).
    """
    p = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(p[order] * (len(p) - np.arange(len(p))))
    corrected = np.empty(len(p))
    corrected[order] = np.minimum(stepped, 1.0)
    return [float(x) for x in corrected]


def bonferroni(p_values: Sequence[float]) -> list[float]:
    """Each p-value times their number, at most 1: bounds what `holm` bounds, less sharply."""
    return [min(1.0, float(p) * len(p_values)) for p in p_values]


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """Bounds the expected share of false findings among the findings, not the chance of any.

    The i-th smallest of m p-values (i from 1) is multiplied by m / i, then made monotone from
    the largest down (Benjamini and Hochberg, 1995); for tests that are independent or positively
    dependent.
    """
    p = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(p, kind="stable")
    # Divided by i / m, as others do it: the same to the last digit.
    raised = p[order] / (np.arange(1, len(p) + 1) / len(p)) if len(p) else p
    stepped = np.minimum.accumulate(raised[::-1])[::-1]
    corrected = np.empty(len(p))
    corrected[order] = np.minimum(stepped, 1.0)
    return [float(x) for x in corrected]


def uncorrected(p_values: Sequence[float]) -> list[float]:
    """The p-values as they are."""
    return [float(p) for p in p_values]


CORRECTIONS: dict[str, Callable[[Sequence[float]], list[float]]] = {
    "holm": holm,
    "bonferroni": bonferroni,
    "bh": benjamini_hochberg,
    "none": uncorrected,
}
