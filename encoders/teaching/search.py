"""The documents that teachers score best for each query, exactly."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from encoders.teaching.scores import TeacherScores

_SCORES = 1 << 24
"""Scores held at a time: 64 MB."""


def best_documents(
    scores: TeacherScores,
    queries: int,
    documents: int,
    k: int,
    progress: Callable[[int], None] = lambda steps: None,
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
    """Search by brute force.

    Args:
        scores: of any query and document, by their numbers.
        queries: how many there are.
        documents: how many there are.
        k: documents a query.
        progress: called with the number of queries done since the last call.

    Yields:
        For each query the numbers of its best documents, (min(k, documents),), and their scores,
        best first, ties to the smaller number.
    """
    every = np.arange(documents, dtype=np.int64)
    step = max(1, _SCORES // max(1, documents))
    for low in range(0, queries, step):
        chosen = np.arange(low, min(low + step, queries), dtype=np.int64)
        for row in scores(chosen, every).numpy():
            yield _best(row, k)
        progress(len(chosen))


def _best(row: NDArray[np.float32], k: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    if k < len(row):
        # All that are no worse than the k-th: of those that tie with it the first numbers stay.
        least = np.partition(row, len(row) - k)[len(row) - k]
        numbers = np.flatnonzero(row >= least)
    else:
        numbers = np.arange(len(row))
    order = np.argsort(-row[numbers], kind="stable")[:k]
    return numbers[order].astype(np.int64), row[numbers[order]]
