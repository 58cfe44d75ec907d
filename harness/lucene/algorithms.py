"""Search algorithms: their names, and what they read."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ground.errors import InputError

ALGORITHMS = ("auto", "memory", "saat", "maxscore", "lucene")
"""How results are found, all of them exactly. "memory" decodes a list once and keeps it, then
adds up list after list in integer accumulators; "saat" does so from Lucene's own postings, and so
does "maxscore", which only probes the lists that cannot lift a document above the k-th best score;
"lucene" is Lucene's own disjunction, which skips by upper bounds."""

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
    if name not in ALGORITHMS:
        raise InputError(f"{name!r} is no search algorithm; use one of {', '.join(ALGORITHMS)}.")
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
