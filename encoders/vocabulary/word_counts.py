"""Counts of words in bounded memory, whatever the number of distinct words."""

from __future__ import annotations

import heapq
import shutil
import tempfile
from collections import Counter
from collections.abc import Container, Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from types import TracebackType

MOST_WORDS = 2_000_000
"""Distinct words held in memory (some 0.5 GB) before they are written to a run on disk."""
_OPEN_RUNS = 64


class WordCounts:
    """Counts of words in bounded memory; a context manager that removes its files at the end.

    Args:
        most: distinct words held in memory; beyond that, sorted runs on disk.
        folder: where the runs go; the system's folder for temporary files when omitted.
    """

    def __init__(self, most: int = MOST_WORDS, folder: Path | None = None) -> None:
        self.most = most
        self._held: Counter[str] = Counter()
        self._runs: list[Path] = []
        self._written = 0
        self._folder = folder
        self._own: Path | None = None

    def __enter__(self) -> WordCounts:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if self._own is not None:
            shutil.rmtree(self._own, ignore_errors=True)

    @property
    def runs(self) -> int:
        """How many runs are on disk at the moment."""
        return len(self._runs)

    def add(self, counts: Counter[str]) -> None:
        """Add the counts of a block of text."""
        self._held.update(counts)
        if len(self._held) > self.most:
            self._spill()

    def items(self) -> Iterator[tuple[str, int]]:
        """Every word once with its count, in code point order."""
        held = sorted(self._held.items())
        return _added(heapq.merge(held, *map(_read_run, self._runs)))

    def vocabulary(
        self, *, size: int | None = None, min_count: int = 1, without: Container[str] = ()
    ) -> tuple[str, ...]:
        """The most frequent words: by count descending, then by code points ascending.

        Args:
            size: the largest number of words; all when omitted.
            min_count: words that occur less often are left out.
            without: words that are left out whatever their count.
        """
        kept = ((-n, w) for w, n in self.items() if n >= min_count and w not in without)
        chosen = sorted(kept) if size is None else heapq.nsmallest(size, kept)
        return tuple(word for _, word in chosen)

    def _spill(self) -> None:
        if len(self._runs) == _OPEN_RUNS:
            merged = self._write(_added(heapq.merge(*map(_read_run, self._runs))))
            for path in self._runs:
                path.unlink()
            self._runs = [merged]
        self._runs.append(self._write(sorted(self._held.items())))
        self._held = Counter()

    def _write(self, items: Iterable[tuple[str, int]]) -> Path:
        if self._own is None:
            self._own = Path(tempfile.mkdtemp(prefix="esplade-words-", dir=self._folder))
        path = self._own / f"{self._written}.txt"
        self._written += 1
        with path.open("w", encoding="utf-8", newline="\n") as stream:
            # A word holds no white space, so a space ends it.
            stream.writelines(f"{word} {n}\n" for word, n in items)
        return path


def _read_run(path: Path) -> Iterator[tuple[str, int]]:
    with path.open(encoding="utf-8", newline="\n") as stream:
        for line in stream:
            word, _, n = line.rpartition(" ")
            yield word, int(n)


def _added(sorted_items: Iterable[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    for word, group in groupby(sorted_items, key=itemgetter(0)):
        yield word, sum(n for _, n in group)
