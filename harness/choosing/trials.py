"""What was measured of candidates, on which queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from harness.choosing.space import Candidate


@dataclass(frozen=True)
class Trial:
    """What one configuration did on some queries.

    Attributes:
        values: effectiveness, float64 (queries,).
        cost: mean a query.
    """

    values: NDArray[np.float64]
    cost: float

    @property
    def mean(self) -> float:
        """Effectiveness over the queries."""
        return float(self.values.mean())


class Trials(Protocol):
    """One half of the queries, on which candidates can be tried."""

    def run(self, candidates: Sequence[Candidate]) -> dict[Candidate, Trial]:
        """Try candidates; the queries are the same, in the same order, each time."""

    def reference(self) -> Trial:
        """What must not be lost against, on these queries."""
