"""Running text from files, a paragraph a line, and the mix that a pre-training sees."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from ground.errors import InputError
from ground.reading import numbered_text_lines


def read_lines(path: Path) -> Iterator[str]:
    """Yield the non-empty lines of a text file, plain or gzip-compressed (``.gz``), stripped.

    Raises:
        InputError: the file is missing, empty, damaged, not UTF-8, or holds NULs.
    """
    empty = True
    for _, line in numbered_text_lines(path):
        for piece in line.split("\r"):
            if text := piece.strip():
                empty = False
                yield text
    if empty:
        raise InputError(f"{path} holds no text. Give running text, a paragraph a line.")


def mix(
    general: Iterable[str], own: Sequence[str], *, limit: int | None, repeat: int, seed: int
) -> list[str]:
    """Draw at most ``limit`` general texts, and add one's own texts ``repeat`` times."""
    drawn = list(general)
    if limit is not None and limit < len(drawn):
        drawn = random.Random(seed).sample(drawn, limit)
    return drawn + list(own) * repeat
