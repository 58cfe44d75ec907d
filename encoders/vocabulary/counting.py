"""Count the words of gigabytes of text: worker processes, bounded memory, exact counts.

Text is cut into blocks of a few megabytes; a process counts a block, the parent adds it up (see
`encoders.vocabulary.word_counts`). The counts are those of one pass over all of the text, however
many processes there were and however small the memory.
"""

from __future__ import annotations

import multiprocessing
import os
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, islice

from encoders.vocabulary.vocabulary import Vocabulary, count_words
from encoders.vocabulary.word_counts import MOST_WORDS, WordCounts

BLOCK_CHARACTERS = 1 << 22
"""Characters of text that a worker process counts at a time."""
Progress = Callable[[int], None]


def count_all(
    texts: Iterable[str],
    *,
    workers: int | None = None,
    most: int = MOST_WORDS,
    block: int = BLOCK_CHARACTERS,
    progress: Progress | None = None,
) -> WordCounts:
    """Count the unigrams of any amount of text; see `encoders.vocabulary.vocabulary.count_words`.

    Memory is that of ``most`` words and of a few blocks a process.

    Args:
        texts: the text; read once, as fast as it is counted.
        workers: processes that count (each is a fresh interpreter); 1 counts in this one, and
            so does text of a single block. One for each usable processor when omitted.
        most: see `WordCounts`.
        block: characters that a process counts at a time.
        progress: called with the number of texts counted since the last call.

    Returns:
        The counts: use them as a context manager, since they may have files.

    Raises:
        RuntimeError: a worker process was killed.
    """
    counts = WordCounts(most)
    try:
        for found, size in _counted(_blocks(texts, block), workers or usable_processors()):
            counts.add(found)
            if progress is not None:
                progress(size)
    except BaseException:
        counts.__exit__(None, None, None)
        raise
    return counts


def filled_vocabulary(
    own: Iterable[str],
    general: Iterable[str],
    *,
    size: int | None,
    min_count: int,
    workers: int | None = 1,
    progress: Progress | None = None,
) -> Vocabulary:
    """The words of a data set's own texts, filled up with the most frequent of general text.

    Own words come first, because a term that no document could have is worth nothing. Both
    parts are in the order of `Vocabulary.from_counts`. See `count_all` for workers and progress.

    Raises:
        InputError: no word is frequent enough.
    """
    with count_all(own, workers=workers, progress=progress) as counts:
        first = counts.vocabulary(size=size, min_count=min_count)
    room = None if size is None else size - len(first)
    rest: tuple[str, ...] = ()
    if room != 0:
        with count_all(general, workers=workers, progress=progress) as counts:
            rest = counts.vocabulary(size=room, min_count=min_count, without=frozenset(first))
    return Vocabulary.of_words(first + rest, min_count)


def usable_processors() -> int:
    """Processors that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _blocks(texts: Iterable[str], characters: int) -> Iterator[list[str]]:
    block: list[str] = []
    held = 0
    for text in texts:
        block.append(text)
        held += len(text) + 1
        if held >= characters:
            yield block
            block, held = [], 0
    if block:
        yield block


def _counted(blocks: Iterator[list[str]], workers: int) -> Iterator[tuple[Counter[str], int]]:
    """Counts of each block with its number of texts."""
    first = list(islice(blocks, 2))
    if workers == 1 or len(first) < 2:
        for part in chain(first, blocks):
            yield count_words(part), len(part)
    else:
        yield from _in_processes(chain(first, blocks), workers)


def _in_processes(blocks: Iterable[list[str]], workers: int) -> Iterator[tuple[Counter[str], int]]:
    # Started afresh, not forked: the parent may hold threads (torch, a JVM) that do not survive it.
    context = multiprocessing.get_context("spawn")
    waiting: deque[tuple[Future[Counter[str]], int]] = deque()
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        try:
            for part in blocks:
                waiting.append((pool.submit(count_words, part), len(part)))
                if len(waiting) > 2 * workers:
                    yield _oldest(waiting)
            while waiting:
                yield _oldest(waiting)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _oldest(waiting: deque[tuple[Future[Counter[str]], int]]) -> tuple[Counter[str], int]:
    future, size = waiting.popleft()
    try:
        return future.result(), size
    except BrokenProcessPool:
        raise RuntimeError(
            "A process that counted words was killed, most likely for want of memory. Count with "
            "fewer processes (--workers), or free some memory."
        ) from None
