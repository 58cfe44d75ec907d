"""Running text from files, a paragraph a line, and the mix that a pre-training sees."""

from __future__ import annotations

import gzip
import random
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from encoders.errors import EncoderInputError


def read_lines(path: Path) -> Iterator[str]:
    """Yield the non-empty lines of a text file, plain or gzip-compressed (``.gz``), stripped.

    Raises:
        EncoderInputError: the file is missing, damaged, or not UTF-8.
    """
    try:
        opener = gzip.open if path.suffix == ".gz" else open
        with opener(path, "rt", encoding="utf-8") as stream:
            for line in stream:
                if text := line.strip():
                    yield text
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise EncoderInputError(
            f"The corpus {path} cannot be read ({error}). Give a text file in UTF-8, a paragraph "
            f"a line, plain or compressed with gzip."
        ) from None


def mix(
    general: Iterable[str], own: Sequence[str], *, limit: int | None, repeat: int, seed: int
) -> list[str]:
    """Draw at most ``limit`` general texts, and add one's own texts ``repeat`` times."""
    drawn = list(general)
    if limit is not None and limit < len(drawn):
        drawn = random.Random(seed).sample(drawn, limit)
    return drawn + list(own) * repeat
