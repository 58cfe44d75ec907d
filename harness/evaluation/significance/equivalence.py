"""Are two systems as good as the same? Tests against a margin, stated beforehand."""

from __future__ import annotations

import math
from typing import NamedTuple

from numpy.typing import ArrayLike

from harness.evaluation.significance.pairing import paired_differences, spread


class Equivalence(NamedTuple):
    """What paired values say about a margin.

    Attributes:
        not_worse: p-value of the null hypothesis that the true difference is -margin or less.
        not_better: of the one that it is +margin or more.
    """

    not_worse: float
    not_better: float

    @property
    def p(self) -> float:
        """Of the null hypothesis that the true difference is outside the margin, on any side."""
        return max(self.not_worse, self.not_better)


def tost(values: ArrayLike, baseline: ArrayLike, margin: float) -> Equivalence:
    """Two one-sided paired t-tests (Schuirmann, 1987; statsmodels' ``ttost_paired``).

    Equivalence is shown where both reject. Where all differences are the same number, t is
    infinite: p is 0 inside the margin, and 1 elsewhere. With fewer than two queries nothing is
    shown.

    Args:
        values: of the system, one a query.
        baseline: of the baseline, same queries in the same order.
        margin: largest difference that does not matter, in the measure's own unit; above 0.
    """
    from scipy import stats

    if not margin > 0:
        raise ValueError(f"a margin is above 0, not {margin}")
    difference = paired_differences(values, baseline)
    if len(difference) < 2:
        return Equivalence(1.0, 1.0)
    mean, deviation = float(difference.mean()), spread(difference)
    if not deviation:
        return Equivalence(float(mean <= -margin), float(mean >= margin))
    error = deviation / math.sqrt(len(difference))
    freedom = len(difference) - 1
    return Equivalence(
        float(stats.t.sf((mean + margin) / error, freedom)),
        float(stats.t.cdf((mean - margin) / error, freedom)),
    )
