"""The output vocabulary U: unigrams of a corpus, counted, cut, saved, and looked up.

A unigram is a word by the default Unicode word boundaries (UAX #29) of the NFKC form of the
text, lower-cased. A word holds at least one letter, digit or pictograph, and never white space.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import regex  # type: ignore[import-untyped]

from ground.artifacts import atomic_text
from ground.errors import InputError
from ground.halves import mended
from ground.reading import numbered_text_lines

VOCABULARY_FILE = "output_vocabulary.txt"
MAX_WORD_LENGTH = 64
"""Longer words (URLs, base64) are not counted; a Lucene term may have 255 characters at most."""

_MARK = "\ufeff"
_CONTENT = regex.compile(r"[\p{L}\p{N}\p{Extended_Pictographic}\p{Regional_Indicator}]")
# Marks and joiners that begin a chunk bind to what stands before it.
_BINDING = regex.compile(r"(?<![^\s\x1c-\x1f])[\p{M}\p{Cf}]")
_BOUNDARY = regex.compile(r"(?wV1)\b")


def nfkc(text: str) -> str:
    """Compatibility composition of a text, mended; the form in which words are found."""
    return text if text.isascii() else unicodedata.normalize("NFKC", mended(text))


def word_spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield the (start, end) character offsets of the words of an NFKC text, in order."""
    start = 0
    for boundary in _BOUNDARY.finditer(text):
        end = boundary.start()
        if end > start and (text[start].isalnum() or _CONTENT.search(text, start, end)):
            yield start, end
        start = end


def words(text: str) -> list[str]:
    """Split a text into unigrams, in order: NFKC, UAX #29 word boundaries, lower case."""
    form = nfkc(text)
    return [form[start:end].lower() for start, end in word_spans(form)]


def count_words(texts: Iterable[str]) -> Counter[str]:
    """Count the unigrams of some texts; those longer than `MAX_WORD_LENGTH` are left out.

    The same as counting `words` of each text, but every distinct chunk between white space is
    split once: white space is always a word boundary, and running text repeats itself.
    """
    chunks: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    for text in texts:
        form = nfkc(text)
        if not form.isascii() and _BINDING.search(form):
            counts.update(words(form))
        else:
            chunks.update(form.split())
    for chunk, n in chunks.items():
        for word in words(chunk):
            counts[word] += n
    return Counter({w: n for w, n in counts.items() if len(w) <= MAX_WORD_LENGTH and is_word(w)})


@dataclass(frozen=True)
class Vocabulary:
    """Words in the order of their ids; word ``v`` is row ``v`` of the output embedding E."""

    words: tuple[str, ...]
    ids: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "ids", {word: i for i, word in enumerate(self.words)})

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word: object) -> bool:
        return word in self.ids

    @classmethod
    def from_counts(
        cls, counts: Counter[str], *, size: int | None = None, min_count: int = 1
    ) -> Vocabulary:
        """Keep the most frequent words: by count descending, then by code points ascending.

        Args:
            counts: occurrences of each word.
            size: the largest number of words to keep; all when omitted.
            min_count: words that occur less often are left out.

        Raises:
            InputError: no word is left.
        """
        kept = [(-n, word) for word, n in counts.items() if n >= min_count]
        return cls.of_words(tuple(word for _, word in sorted(kept)[:size]), min_count)

    @classmethod
    def of_words(cls, chosen: tuple[str, ...], min_count: int = 1) -> Vocabulary:
        """A vocabulary of words that were chosen by their counts.

        Raises:
            InputError: there are none.
        """
        if not chosen:
            raise InputError(
                f"No word occurs {min_count} times or more in the given text, so the output "
                f"vocabulary would be empty. Give more text, or a smaller minimum count."
            )
        return cls(chosen)

    def save(self, path: Path) -> None:
        """Write one word a line (UTF-8, LF), in the order of ids."""
        with atomic_text(path) as stream:
            stream.writelines(f"{word}\n" for word in self.words)

    @classmethod
    def load(cls, path: Path) -> Vocabulary:
        """Read a file that holds one word a line.

        Raises:
            InputError: the file cannot be read (see `ground.reading.lines`), is
                empty, or has a line that is empty, repeated, or holds white space.
        """
        lines = [line for _, line in numbered_text_lines(path)]
        _check_lines(path, lines)
        return cls(tuple(lines))


def is_word(text: str) -> bool:
    """Whether a text can be a term: not empty, no white space."""
    return bool(text) and not any(character.isspace() for character in text)


def _check_lines(path: Path, lines: list[str]) -> None:
    seen: dict[str, int] = {}
    for number, word in enumerate(lines, start=1):
        if not is_word(word):
            raise InputError(
                f"{path}, line {number}: {word[:80]!r} is empty or holds white space, so it cannot "
                f"be a term. Put exactly one word on each line."
            )
        if _MARK in word:
            raise InputError(
                f"{path}, line {number}: a byte order mark in the word {word!r}, as files have "
                f"that were put together of several. Remove it."
            )
        first = seen.setdefault(word, number)
        if first != number:
            raise InputError(
                f"{path}, line {number}: {word[:80]!r} stands on line {first} already. Remove one."
            )
    if not lines:
        raise InputError(f"The vocabulary {path} is empty. Put one word on each line.")
