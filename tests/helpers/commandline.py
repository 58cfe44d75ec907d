"""What the command-line tests share: the answer of a command, and a small collection."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple


class Answer(NamedTuple):
    """What a command returned and printed."""

    code: int
    out: str
    err: str


Esplade = Callable[..., Answer]


class Collection(NamedTuple):
    """A BEIR folder with float vectors for its documents and queries."""

    folder: Path
    documents: Path
    queries: Path
    qrels: Path
