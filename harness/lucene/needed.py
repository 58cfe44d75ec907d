"""How many candidates a search in two steps needs to lose nothing, query by query."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from harness.lucene.algorithms import choose_algorithm
from harness.lucene.results import Hits, QueryBatch, calls
from harness.lucene.two_step import TwoStepSearch

NEVER = -1
"""In the place of a number of candidates where none is enough."""
_DEEPER = 8

_Ints = NDArray[np.int64]


def candidates_needed(search: TwoStepSearch, threads: int = 1) -> _Ints:
    """The fewest candidates with which each query's results are the exact k best.

    That is the rank in step one of the deepest of the k best by full scores. They are looked for
    among so many candidates as the search has, and then among ever more.

    Args:
        search: its number of candidates is only where the looking begins.
        threads: that search.

    Returns:
        int64 (queries,); 0 where the full index finds nothing; `NEVER` where one of the k best
        shares no term with the query in step one.
    """
    first, full = search.first, search.full
    chosen = choose_algorithm(search.algorithm)
    k = full._possible(search.k, threads)
    wanted = list(_documents(full._found(full._batch(search.queries), k, threads, chosen)))
    batch = first._batch(search.pruned, search.least)
    needed = np.zeros(len(wanted), dtype=np.int64)
    left = np.flatnonzero([len(one) for one in wanted])
    depth = first._possible(search.candidates)
    while left.size:
        for row, found in _searched(search, batch, left, depth, threads, chosen):
            places = np.flatnonzero(np.isin(found, wanted[row]))
            complete = len(places) == len(wanted[row])
            needed[row] = places[-1] + 1 if complete else NEVER if len(found) < depth else 0
        left = left[needed[left] == 0] if depth < first.num_docs else left[:0]
        depth = first._possible(_DEEPER * depth)
    return needed


def _searched(
    search: TwoStepSearch, batch: QueryBatch, rows: _Ints, depth: int, threads: int, algorithm: str
) -> Iterator[tuple[int, NDArray[np.int32]]]:
    """Candidates of some queries, a bounded number of hits at a time."""
    for start, stop in calls(len(rows), depth):
        part = rows[start:stop]
        hits = search.first._found(batch.rows(part), depth, threads, algorithm)
        yield from zip(part.tolist(), _documents(hits), strict=True)


def _documents(hits: Hits) -> Iterator[NDArray[np.int32]]:
    """Document numbers of each query, best first."""
    ends = np.cumsum(hits.counts).tolist()
    for start, stop in zip([0, *ends], ends, strict=False):
        yield hits.documents[start:stop]
