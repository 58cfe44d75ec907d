from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from encoders.devices.ahead import ahead, ahead_or_none


def _threads() -> int:
    return threading.active_count()


def test_items_come_in_order_and_the_thread_ends() -> None:
    before = _threads()
    assert list(ahead(range(100), 3)) == list(range(100))
    assert list(ahead([], 1)) == []
    assert _threads() == before


def test_they_are_made_elsewhere_and_only_so_many_ahead() -> None:
    made: list[int] = []

    def items() -> Iterator[int]:
        for number in range(50):
            assert threading.current_thread() is not threading.main_thread()
            made.append(number)
            yield number

    found: Any = ahead(items(), 2)
    assert next(found) == 0
    time.sleep(0.1)
    # One was taken, two wait, and one is in the thread's hand.
    assert len(made) == 4
    found.close()


def test_what_the_thread_raises_comes_in_its_turn() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise KeyError("broken")

    found = ahead(items(), 4)
    assert next(found) == 1
    with pytest.raises(KeyError, match="broken"):
        next(found)


def test_closing_ends_the_thread_and_what_it_runs() -> None:
    before, closed = _threads(), []

    def items() -> Iterator[int]:
        try:
            while True:
                yield 0
        finally:
            closed.append(threading.current_thread().name)

    found: Any = ahead(items(), 1)
    next(found)
    found.close()
    assert _threads() == before
    assert closed and closed[0] != threading.current_thread().name


def test_what_has_to_be_waited_for_comes_after_none() -> None:
    go = threading.Event()

    def items() -> Iterator[int]:
        yield 1
        assert go.wait(30)
        yield 2

    found = ahead_or_none(items(), 2)
    first = next(found)
    assert (first or next(found)) == 1
    assert next(found) is None
    go.set()
    assert [one for one in found if one] == [2]
