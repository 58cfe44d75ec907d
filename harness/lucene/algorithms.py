"""Search algorithms: their names, and what they read."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness.errors import InputError

ALGORITHMS = ("auto", "saat", "maxscore", "lucene")
"""How results are found, all of them exactly: "saat" adds up list after list in integer
accumulators; "maxscore" does so too, but only probes the lists that cannot lift a document above
the k-th best score; "lucene" is Lucene's own disjunction, which skips by upper bounds."""

BLOCK = 128
"""Postings that Lucene compresses, and skips, together."""


def choose_algorithm(name: str) -> str:
    """The algorithm behind a name.

    "auto" is "maxscore", the fastest of them on all but the smallest collections, where it is
    level with "saat" (see docs/performance.md).

    Raises:
        InputError: there is none of this name.
    """
    if name not in ALGORITHMS:
        raise InputError(f"{name!r} is no search algorithm; use one of {', '.join(ALGORITHMS)}.")
    return "maxscore" if name == "auto" else name


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
