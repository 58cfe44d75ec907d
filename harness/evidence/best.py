"""The best results of a run, for the queries that are looked at."""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from harness.evidence.model import DEPTH
from harness.runs.runfile import read_run

if TYPE_CHECKING:
    from harness.report.points import Point

Result = tuple[str, int, str, float]
"""Query, rank from 1, document, score."""


@dataclass(frozen=True)
class Best:
    """The best results of a run, one below the other.

    Attributes:
        queries: ids, one a result.
        ranks: from 1.
        documents: ids.
        scores: float64.
    """

    queries: list[str]
    ranks: list[int]
    documents: list[str]
    scores: NDArray[np.float64]

    @classmethod
    def of(cls, point: Point, queries: Set[str]) -> Best:
        """`DEPTH` results of each of some queries; none where the point has no run file.

        Raises:
            InputError: the file cannot be read.
        """
        if point.run is None:
            return cls([], [], [], np.zeros(0))
        # A sweep has written its run itself: by query, then by rank, a space between columns.
        results = _first_lines(point.run) if point.sources else _of_any(point.run)
        columns: Any = list(zip(*(r for r in results if r[0] in queries), strict=True))
        asked, ranks, documents, scores = columns or ((), (), (), ())
        return cls(list(asked), list(ranks), list(documents), np.asarray(scores, np.float64))


def _of_any(path: Path) -> Iterator[Result]:
    for query, documents, scores in read_run(path):
        best = zip(documents[:DEPTH], scores[:DEPTH], strict=True)
        for rank, (document, score) in enumerate(best, 1):
            yield query, rank, str(document), float(score)


def _first_lines(path: Path) -> Iterator[Result]:
    """The lines of the first ranks: of a thousand results a query, a hundredth is wanted."""
    with path.open(encoding="utf-8", newline="\n") as lines:
        for line in lines:
            query, _, document, rank, score, _ = line.split(" ")
            if len(rank) <= len(str(DEPTH)) and int(rank) <= DEPTH:
                yield query, int(rank), document, float(score)
