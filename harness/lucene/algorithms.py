"""Search algorithms: their names, and what they read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from ground.doors import Door

if TYPE_CHECKING:
    from harness.lucene.results import Hits, QueryBatch

ALGORITHMS = ("auto", "memory", "saat", "maxscore", "lucene")
"""How results are found, all of them exactly. "memory" decodes a list once and keeps it, then
adds up list after list in integer accumulators; "saat" does so from Lucene's own postings, and so
does "maxscore", which only probes the lists that cannot lift a document above the k-th best score;
"lucene" is Lucene's own disjunction, which skips by upper bounds."""


class Postings(Protocol):
    """What an algorithm asks of an index (`harness.lucene.impact_index.ImpactIndex` has it)."""

    @property
    def num_docs(self) -> int:
        """Number of documents; they are numbered from 0."""

    @property
    def columns(self) -> dict[str, int]:
        """Place of each term."""

    def postings(
        self, start: int, stop: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]:
        """Lists of the terms at some places: where each begins, document numbers, impacts."""


class SearchAlgorithm(Protocol):
    """Another package's way to the same results.

    It may take longer or shorter, but what it gives has to be exact: the k largest scores, equal
    ones by document number.
    """

    def hits(self, index: Postings, batch: QueryBatch, k: int, threads: int) -> Hits:
        """Results of a batch of queries, and the seconds that each took."""


class _Kernel:
    """One of those that the kernel has."""

    def hits(self, index: Postings, batch: QueryBatch, k: int, threads: int) -> Hits:
        """Not asked: the index calls the kernel itself."""
        raise NotImplementedError


SEARCHES: Door[SearchAlgorithm] = Door(
    "search algorithm", "esplade.algorithms", {name: _Kernel() for name in ALGORITHMS}
)
"""All algorithms by name, those of other packages among them."""

BLOCK = 128
"""Postings that Lucene compresses, and skips, together."""


def choose_algorithm(name: str) -> str:
    """The algorithm that a name stands for when results are wanted.

    "auto" is "memory", by far the fastest of them (see docs/performance.md).

    Raises:
        InputError: there is none of this name.
    """
    return "memory" if check_algorithm(name) == "auto" else name


def priced_algorithm(name: str) -> str:
    """The algorithm that a name stands for when its cost is wanted.

    "auto" is "maxscore" here: a cost is that of reading Lucene's index, not of lists that were
    decoded beforehand.

    Raises:
        InputError: there is none of this name.
    """
    return "maxscore" if check_algorithm(name) == "auto" else name


def check_algorithm(name: str) -> str:
    """The name, if there is an algorithm of this name.

    Raises:
        InputError: there is none.
    """
    SEARCHES.find(name)
    return name


@dataclass(frozen=True)
class Touched:
    """What a search read; int64, one a query.

    Attributes:
        visited: postings that an iterator stopped at.
        scored: postings whose impact was read and added to a score.
        blocks: blocks of 128 postings in which any was visited.
        all_blocks: blocks of all lists of the query; those not visited were skipped.
    """

    visited: NDArray[np.int64]
    scored: NDArray[np.int64]
    blocks: NDArray[np.int64]
    all_blocks: NDArray[np.int64]
