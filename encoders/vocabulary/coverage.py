"""What share of the words of held-out text is in U, by script."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass

import regex  # type: ignore[import-untyped]

from encoders.vocabulary.vocabulary import Vocabulary

ALL = "all"
_SCRIPTS = (
    *("Latin", "Hangul", "Han", "Hiragana", "Katakana", "Cyrillic", "Greek", "Arabic", "Hebrew"),
    *("Devanagari", "Bengali", "Tamil", "Telugu", "Thai", "Lao", "Khmer", "Myanmar", "Georgian"),
    *("Armenian", "Ethiopic"),
)
_LETTER = regex.compile(
    "|".join(rf"(?P<{name}>(?=\p{{L}})\p{{{name}}})" for name in _SCRIPTS) + r"|(?P<other>\p{L})"
)
_NUMBER = regex.compile(r"\p{N}")
_KANA = ("Hiragana", "Katakana")


@dataclass(frozen=True)
class Coverage:
    """How much of some text U covers.

    Attributes:
        script: of the words counted here, or ``all``.
        words: occurrences of words.
        covered: of those, in U.
        distinct: different words.
        covered_distinct: of those, in U.
        missing: the most frequent words that are not in U, with their counts.
    """

    script: str
    words: int
    covered: int
    distinct: int
    covered_distinct: int
    missing: tuple[tuple[str, int], ...]

    @property
    def share(self) -> float:
        """Share of the occurrences that are in U."""
        return self.covered / self.words if self.words else 0.0

    @property
    def distinct_share(self) -> float:
        """Share of the different words that are in U."""
        return self.covered_distinct / self.distinct if self.distinct else 0.0


def script_of(word: str) -> str:
    """The script of a word's first letter; of a word without letters, ``number`` or ``pictograph``.

    Hiragana and katakana are one (``Kana``); scripts that are not told apart are ``other``.
    """
    letter = _LETTER.search(word)
    if letter is None:
        return "number" if _NUMBER.search(word) else "pictograph"
    name = str(letter.lastgroup)
    return "Kana" if name in _KANA else name


def coverage(
    counts: Iterable[tuple[str, int]], vocabulary: Vocabulary, most_missing: int = 5
) -> list[Coverage]:
    """Coverage of all words, then by script, the most frequent script first.

    Args:
        counts: each word of the text once with its count, as `WordCounts.items` gives them.
        vocabulary: U.
        most_missing: how many missing words are named.
    """
    tallies: dict[str, _Tally] = {ALL: _Tally()}
    for word, n in counts:
        script = script_of(word)
        for name in (ALL, script):
            tallies.setdefault(name, _Tally()).add(word, n, word in vocabulary, most_missing)
    found = [tally.finished(script) for script, tally in tallies.items()]
    return found[:1] + sorted(found[1:], key=lambda c: (-c.words, c.script))


class _Tally:
    def __init__(self) -> None:
        self.words = self.covered = self.distinct = self.covered_distinct = 0
        self.missing: list[tuple[int, int, str]] = []

    def add(self, word: str, n: int, known: bool, most_missing: int) -> None:
        self.words += n
        self.distinct += 1
        if known:
            self.covered += n
            self.covered_distinct += 1
            return
        # Words come in code point order: of equal counts, the first to come stay.
        heapq.heappush(self.missing, (n, -self.distinct, word))
        if len(self.missing) > most_missing:
            heapq.heappop(self.missing)

    def finished(self, script: str) -> Coverage:
        missing = tuple((word, n) for n, _, word in sorted(self.missing, reverse=True))
        counted = (self.words, self.covered, self.distinct, self.covered_distinct)
        return Coverage(script, *counted, missing)
