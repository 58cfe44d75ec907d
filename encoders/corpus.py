"""Running text from files, a paragraph a line, and the mix that a pre-training sees."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from encoders.reading import numbered_lines


def read_lines(path: Path) -> Iterator[str]:
    """Yield the non-empty lines of a text file, plain or compressed with gzip, stripped.

    Raises:
        EncoderInputError: as `encoders.reading.numbered_lines`.
    """
    return (text for _, line in numbered_lines(path) if (text := line.strip()))


def mix(
    general: Iterable[str], own: Sequence[str], *, limit: int | None, repeat: int, seed: int
) -> list[str]:
    """Draw at most ``limit`` general texts, and add one's own texts ``repeat`` times."""
    drawn = list(general)
    if limit is not None and limit < len(drawn):
        drawn = random.Random(seed).sample(drawn, limit)
    return drawn + list(own) * repeat
