"""Means and standard deviations of values that come in batches, in float64."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Moments:
    """Running mean and sum of squared deviations along the first axis.

    Batches are merged by the formula of Chan, Golub and LeVeque (1979), which, unlike sums of
    squares, does not cancel when values are large and close to each other.

    Args:
        shape: of one observation; () for single numbers.
    """

    def __init__(self, shape: tuple[int, ...] = ()) -> None:
        self.count = 0
        self.mean: Floats = np.zeros(shape)
        self._squares: Floats = np.zeros(shape)

    def add(self, values: NDArray[Any]) -> None:
        """Add a batch, (n, *shape)."""
        batch = np.asarray(values, dtype=np.float64)
        n = len(batch)
        if n == 0:
            return
        mean = batch.mean(axis=0)
        self.merge(n, mean, np.square(batch - mean).sum(axis=0))

    def flat(self) -> Moments:
        """The moments of all numbers of all observations together."""
        whole = Moments()
        if self.count:
            mean = self.mean.mean()
            spread = self.count * np.square(self.mean - mean).sum()
            whole.merge(self.count * self.mean.size, mean, self._squares.sum() + spread)
        return whole

    @property
    def std(self) -> Floats:
        """Population standard deviation (divided by n); NaN without observations."""
        with np.errstate(invalid="ignore"):
            return np.asarray(np.sqrt(self._squares / (self.count or np.nan)))

    def merge(self, n: int, mean: Floats, squares: Floats) -> None:
        """Add ``n`` observations of a mean, and a sum of squared deviations from it."""
        total = self.count + n
        delta = mean - self.mean
        self.mean = self.mean + delta * (n / total)
        self._squares = self._squares + squares + np.square(delta) * (self.count * n / total)
        self.count = total
