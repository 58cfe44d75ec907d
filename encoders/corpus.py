"""Running text from files, a paragraph a line, and the mix that a pre-training sees."""

from __future__ import annotations

import gzip
import random
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from encoders.errors import EncoderInputError
from encoders.vocabulary import Vocabulary, count_words


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


def filled_vocabulary(
    own: Iterable[str], general: Iterable[str], *, size: int | None, min_count: int
) -> Vocabulary:
    """The words of a data set's own texts, filled up with the most frequent of general text.

    Own words come first, because a term that no document could have is worth nothing. Both
    parts are in the order of `Vocabulary.from_counts`.

    Raises:
        EncoderInputError: no word is frequent enough.
    """
    own_counts, general_counts = count_words(own), count_words(general)
    if not own_counts:
        return Vocabulary.from_counts(general_counts, size=size, min_count=min_count)
    first = Vocabulary.from_counts(own_counts, size=size, min_count=min_count).words
    room = None if size is None else size - len(first)
    for word in first:
        general_counts.pop(word, None)
    rest = [word for word, n in general_counts.most_common() if n >= min_count]
    rest.sort(key=lambda word: (-general_counts[word], word))
    return Vocabulary(first + tuple(rest[:room]))
