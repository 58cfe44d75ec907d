"""From measured times and counts to what each count takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness.calibration.model import CONSTANT, Errors, Fit
from harness.evaluation.work import COUNTS

_ROUNDS = 3
_Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Measured:
    """One point: queries of one collection, searched by one algorithm for k results.

    Attributes:
        counts: shape (queries, counts); see `harness.evaluation.work`.
        milliseconds: shape (queries,), undisturbed by other processes.
        lengths: terms that each query was drawn with, shape (queries,).
    """

    counts: _Floats
    milliseconds: _Floats
    lengths: NDArray[np.int64]

    def alike(self) -> list[NDArray[np.bool_]]:
        """Which queries have the same length, a mask for each."""
        return [self.lengths == length for length in np.unique(self.lengths)]


def fit_times(fitted: Sequence[Measured], held_out: Sequence[Measured]) -> Fit:
    """What each count takes, by the points that are fitted; the errors are those of the others.

    Args:
        fitted: at least one point.
        held_out: at least one point.
    """
    counts = np.concatenate([point.counts for point in fitted])
    found = solve(counts, np.concatenate([point.milliseconds for point in fitted]))
    times = dict(zip((CONSTANT, *COUNTS), found.tolist(), strict=True))
    means = np.array([point.counts.mean(axis=0) for point in [*fitted, *held_out]])
    largest = dict(zip(COUNTS, means.max(axis=0).tolist(), strict=True))
    nothing = Errors(0.0, 0.0, 0)
    predict = Fit(times, nothing, nothing, largest).predict
    of_queries = Errors.of(
        np.concatenate([predict(point.counts) for point in held_out]),
        np.concatenate([point.milliseconds for point in held_out]),
    )
    parts = [(point, of) for point in held_out for of in point.alike()]
    of_points = Errors.of(
        [predict(point.counts[of]).mean() for point, of in parts],
        [point.milliseconds[of].mean() for point, of in parts],
    )
    return Fit(times, of_points, of_queries, largest)


def solve(counts: _Floats, milliseconds: _Floats) -> _Floats:
    """Non-negative least squares of relative errors: a constant first, then each count's time.

    Residuals are divided by the times: by those measured first, then by those predicted, since
    the former would pull every prediction to the low ones of noisy measurements.

    Args:
        counts: shape (queries, counts).
        milliseconds: shape (queries,), all above 0.

    Returns:
        Shape (1 + counts,), none negative.
    """
    from scipy.optimize import nnls

    columns = np.column_stack([np.ones(len(counts)), counts])
    expected = milliseconds
    found = np.zeros(columns.shape[1])
    for _ in range(_ROUNDS):
        relative = columns / expected[:, None]
        # Columns of like length: a query has one constant and a million postings.
        lengths = np.linalg.norm(relative, axis=0)
        lengths[lengths == 0] = 1.0
        found = nnls(relative / lengths, milliseconds / expected)[0] / lengths
        expected = np.maximum(columns @ found, milliseconds.min())
    return found
