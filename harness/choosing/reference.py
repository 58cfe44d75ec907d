"""What must not be lost against, and what may be spent, as people write them."""

from __future__ import annotations

import os
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from ground.errors import InputError
from harness.choosing.question import BM25
from harness.choosing.space import Candidate
from harness.sweep.grid import parse_grid


@dataclass(frozen=True)
class Reference:
    """One of three things.

    Attributes:
        text: as it was written.
        candidate: a configuration of a system that is being chosen from.
        run: a run that was made elsewhere.
    """

    text: str
    candidate: Candidate | None = None
    run: Path | None = None

    @property
    def is_bm25(self) -> bool:
        """Whether it is BM25 over the same text."""
        return self.candidate is None and self.run is None


def parse_reference(text: str, systems: Collection[str]) -> Reference:
    """Read ``bm25``, ``SYSTEM@qk:dk``, ``SYSTEM@QUERYRULE/DOCRULE``, or the path of a run.

    Raises:
        InputError: it is none of these.
    """
    if text.strip().lower() == BM25:
        return Reference(BM25)
    name, sign, point = text.rpartition("@")
    if sign and name in systems:
        grid = parse_grid(point)
        if len(grid) > 1:
            raise InputError(f"{text!r}: one operating point is the reference, not {len(grid)}.")
        return Reference(text, candidate=Candidate(name, grid[0]))
    if os.path.isfile(text):
        return Reference(text, run=Path(text))
    raise InputError(
        f"{text!r} is nothing that a configuration could be held against: give bm25, a run file, "
        f"or one of the systems ({', '.join(systems)}) with an operating point, such as "
        f"{next(iter(systems), 'NAME')}@0:0."
    )


def parse_budget(text: str) -> float | None:
    """Read a cost a query; None for ``bm25``, whose cost is measured.

    Raises:
        InputError: it is neither.
    """
    if text.strip().lower() == BM25:
        return None
    try:
        value = float(text.replace(",", ""))
    except ValueError:
        value = float("nan")
    if not 0 < value < float("inf"):
        raise InputError(
            f"--within {text!r} is no cost that may be spent: give bm25, or a number such as 5000."
        )
    return value
