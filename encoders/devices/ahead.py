"""Work done ahead in a thread: a bounded queue between who makes things and who needs them."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from queue import Empty, Full, Queue
from typing import TypeVar

T = TypeVar("T")
_POLL = 0.1
"""Seconds after which a thread that waits for room looks whether it is still needed."""


def ahead_or_none(items: Iterable[T], most: int) -> Iterator[T | None]:
    """`ahead`, and None before every item that has to be waited for.

    So one who holds back work until there is more can finish it where there is none for now.
    """
    return _taken(items, most, True)


def ahead(items: Iterable[T], most: int) -> Iterator[T]:
    """Yield items that a thread of their own makes, a few ahead.

    What the thread raises is raised here, in its turn. When the iterator is closed, the thread
    ends after the item that it is at.

    Args:
        items: iterated in the thread, from the first call of ``next`` on.
        most: items that wait at most.
    """
    return _taken(items, most, False)  # type: ignore[return-value]


def _taken(items: Iterable[T], most: int, gaps: bool) -> Iterator[T | None]:
    queue: Queue[tuple[str, T | BaseException | None]] = Queue(most)
    closed = threading.Event()
    thread = threading.Thread(target=_make, args=(items, queue, closed), daemon=True)
    thread.start()
    try:
        while True:
            try:
                kind, value = queue.get_nowait()
            except Empty:
                if gaps:
                    yield None
                kind, value = queue.get()
            if kind == "item":
                yield value  # type: ignore[misc]
            elif isinstance(value, BaseException):
                raise value
            else:
                return
    finally:
        closed.set()
        thread.join()


def _make(
    items: Iterable[T], queue: Queue[tuple[str, T | BaseException | None]], closed: threading.Event
) -> None:
    """Fill the queue until the items end, fail, or nobody wants them any more."""
    iterator = iter(items)
    end: BaseException | None = None
    try:
        for item in iterator:
            if not _put(queue, ("item", item), closed):
                break
    except BaseException as error:
        end = error
    finally:
        # A generator gives back what it holds in the thread that ran it.
        if hasattr(iterator, "close"):
            iterator.close()
    _put(queue, ("end", end), closed)


def _put(
    queue: Queue[tuple[str, T | BaseException | None]],
    entry: tuple[str, T | BaseException | None],
    closed: threading.Event,
) -> bool:
    while not closed.is_set():
        try:
            queue.put(entry, timeout=_POLL)
            return True
        except Full:
            continue
    return False
