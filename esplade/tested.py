"""How differences are tested, as arguments of several calls."""

from __future__ import annotations

from typing import TypedDict

from ground.errors import InputError

PAIRS = ("baseline", "all")


class How(TypedDict, total=False):
    """Arguments of `esplade.compare` that say how differences are tested."""

    test: str
    correction: str
    alpha: float
    margin: float | None
    pairs: str | None


def check_pairs(pairs: str | None) -> None:
    """Check which pairs are asked for.

    Raises:
        InputError: neither ``baseline`` nor ``all``.
    """
    if pairs is not None and pairs not in PAIRS:
        raise InputError(f"There are no pairs {pairs!r}. Choose one of: {', '.join(PAIRS)}.")
