"""Queries in two halves: one to search on, one that nobody looks at before the end."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from ground.errors import InputError


def halves(queries: Iterable[str], seed: int) -> tuple[list[str], list[str]]:
    """Split queries by their ids, whatever order they come in.

    Args:
        queries: ids, unique.
        seed: another one gives another split.

    Returns:
        The half to search on and the half to confirm with, sorted; the second has one query more
        where their number is odd.

    Raises:
        InputError: fewer than two queries.
    """
    ordered = sorted(queries, key=lambda query: (_digest(seed, query), query))
    if len(ordered) < 2:
        raise InputError(
            f"{len(ordered)} judged queries cannot be split into those on which a configuration "
            f"is found and those on which it is confirmed. Give more, or another split to search "
            f"on (--find dev)."
        )
    middle = len(ordered) // 2
    return sorted(ordered[:middle]), sorted(ordered[middle:])


def _digest(seed: int, query: str) -> bytes:
    return hashlib.sha256(f"{seed} {query}".encode()).digest()
