"""Which queries a page can open by itself: those that tell systems apart, as many as fit."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.report.points import Point

BUDGET = 400_000
"""Bytes of a page, compressed, for what it can open."""
_AT_ONCE = 16


def in_order(points: Sequence[Point], values: NDArray[np.float64], seed: int = 0) -> list[int]:
    """Queries by how much they tell, all of them.

    Turn by turn: the one that speaks most for, and the one that speaks most against, the first
    point of each system beside BM25 (or beside the first point), and the strictest pruning beside
    the first one; then one drawn at random, so that there are ordinary ones among them.

    Args:
        points: what is shown.
        values: a row a point, a column a query.
        seed: of the draw.
    """
    known = np.nan_to_num(values, nan=0.0)
    queries = known.shape[1]
    orders: list[NDArray[np.int64]] = []
    for one, other in _compared(points):
        difference = known[one] - known[other]
        for sign in (-1.0, 1.0):
            orders.append(np.lexsort((np.arange(queries), sign * difference)))
    orders.append(np.random.default_rng(seed).permutation(queries))
    return list(dict.fromkeys(int(order[turn]) for turn in range(queries) for order in orders))


def as_many_as_fit(
    queries: Sequence[str],
    details: Callable[[Sequence[str]], Mapping[str, Any]],
    budget: int = BUDGET,
) -> dict[str, Any]:
    """Details of the first queries, until a budget of compressed bytes is used up.

    Args:
        queries: ids in the order of `in_order`.
        details: gives what is shown of some queries.
        budget: in bytes.
    """
    packer = zlib.compressobj(9)
    size = 0
    found: dict[str, Any] = {}
    for batch in _batches(queries):
        for query, detail in details(batch).items():
            text = json.dumps(detail, ensure_ascii=False, separators=(",", ":"))
            size += len(packer.compress(text.encode())) + len(packer.flush(zlib.Z_SYNC_FLUSH))
            if size > budget:
                return found
            found[query] = detail
    return found


def _compared(points: Sequence[Point]) -> Iterator[tuple[int, int]]:
    budget = [i for i, point in enumerate(points) if point.is_bm25]
    reference = budget[0] if budget else 0
    systems: dict[str, list[int]] = {}
    for i, point in enumerate(points):
        if not point.is_bm25:
            systems.setdefault(point.system, []).append(i)
    for places in systems.values():
        if places[0] != reference:
            yield places[0], reference
        if len(places) > 1:
            yield places[0], places[-1]


def _batches(queries: Sequence[str]) -> Iterator[Sequence[str]]:
    """Few first, then more: files are read a group of rows at a time, whatever is asked for."""
    start, size = 0, _AT_ONCE
    while start < len(queries):
        yield queries[start : start + size]
        start, size = start + size, size * 2
