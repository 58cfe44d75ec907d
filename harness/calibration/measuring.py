"""Times and counts of the points of a calibration, by the searches that latencies are taken of."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from harness.calibration.fitting import Measured
from harness.evaluation.work import work_per_query
from harness.lucene.impact_index import ImpactIndex
from harness.retrieval.searching import PreparedQueries

ALGORITHMS = ("memory", "saat", "maxscore", "lucene")
"""Those of the kernel that are not another one's name."""
_REPEATS = 3
_LEAST_ROUNDS = 2


@dataclass
class Point:
    """Queries that are searched on an index, to one depth.

    Attributes:
        index: where.
        queries: of all kinds.
        k: results per query.
        held_out: whether predictions are only tried on it.
        seconds: by algorithm, what each round found, shape (repeats, queries).
    """

    index: ImpactIndex
    queries: PreparedQueries
    k: int
    held_out: bool
    seconds: dict[str, list[NDArray[np.float64]]] = field(default_factory=dict)

    def search(self, algorithm: str) -> None:
        """Take the latencies once more, as of any run: one thread, inside the kernel."""
        taken = self.index.latency(self.queries.vectors, self.k, _REPEATS, algorithm)
        self.seconds.setdefault(algorithm, []).append(taken)

    def measured(self, algorithm: str) -> Measured:
        """The counts, and the undisturbed times."""
        index, prepared = self.index, self.queries
        read = index.touched(prepared.vectors, self.k, algorithm)
        counts = work_per_query(
            prepared.matrix,
            index.document_frequency,
            index.num_docs,
            self.k,
            algorithm,
            read.scored,
            read.blocks,
        )
        passes = np.concatenate(self.seconds[algorithm])
        return Measured(counts, 1000 * undisturbed(passes), self.queries.vectors.lengths())

    def busy(self, algorithm: str) -> float:
        """How many times the undisturbed time the median pass took."""
        passes = np.concatenate(self.seconds[algorithm])
        return float(np.median(passes.sum(axis=1)) / undisturbed(passes).sum())


def undisturbed(passes: NDArray[np.float64]) -> NDArray[np.float64]:
    """The least of each query's times: what is above it is other processes' share, not its own.

    Args:
        passes: seconds, shape (passes, queries).
    """
    least: NDArray[np.float64] = passes.min(axis=0)
    return least


def take_turns(points: Sequence[Point], until: float, tell: Callable[[int], None]) -> int:
    """Search all points by all algorithms, round after round: what disturbs meets all alike.

    Args:
        points: what to search.
        until: time of `time.monotonic` after which no round begins, but for the first ones.
        tell: called with the number of rounds done since the last call.

    Returns:
        Rounds that count, after one in which the JVM compiles what it will run.
    """
    rounds = -1
    while rounds < _LEAST_ROUNDS or time.monotonic() < until:
        for algorithm in ALGORITHMS:
            for point in points:
                point.search(algorithm)
        if rounds < 0:
            for point in points:
                point.seconds.clear()
        rounds += 1
        tell(1)
    return rounds
