"""What a person sees while a command works: progress on stderr, answers on stdout."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from esplade.cli import interrupts

if TYPE_CHECKING:
    from harness.report.tables import Table

_PLAIN_EVERY = 10.0
"""Seconds between two lines of progress where stderr is no terminal."""

Advance = Callable[[int], None]


def say(message: str) -> None:
    """Tell the person at the terminal something; never mixed into the answer on stdout."""
    print(message, file=sys.stderr, flush=True)


def remark(message: str) -> None:
    """Tell on stderr what the answer holds as well, unless the answer is on the same terminal."""
    if not (sys.stdout.isatty() and sys.stderr.isatty()):
        say(message)


def answer(value: Mapping[str, Any]) -> None:
    """Print one JSON object on stdout, for programs."""
    print(json.dumps(value, ensure_ascii=False, allow_nan=True))


def show_table(table: Table, format: str | None) -> None:
    """Print a table on stdout: in a format of `harness.report.renderings`, or for a terminal."""
    from harness.report.renderings import print_table, render

    if format is None:
        print_table(table)
    else:
        print(render(table, format), end="")


@contextmanager
def progress(what: str, total: int | None = None) -> Iterator[Advance]:
    """A progress bar on a terminal; otherwise a plain line now and then.

    Args:
        what: a few words in front of the bar.
        total: number of steps, if it is known.

    Yields:
        A function to call with the number of steps done since the last call.
    """
    if sys.stderr.isatty():
        with _bar(what, total) as advance:
            yield _stopping(advance)
    else:
        yield _stopping(_lines(what, total))


def _stopping(advance: Advance) -> Advance:
    """Also the place where a Ctrl-C that was lost is heard."""

    def checked(steps: int) -> None:
        interrupts.check()
        advance(steps)

    return checked


@contextmanager
def _bar(what: str, total: int | None) -> Iterator[Advance]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(what, total=total)
        yield lambda steps: bar.update(task, advance=steps)


def _lines(what: str, total: int | None) -> Advance:
    done = 0
    last = time.monotonic()
    of = f" of {total:,}" if total else ""

    def advance(steps: int) -> None:
        nonlocal done, last
        done += steps
        now = time.monotonic()
        if now - last >= _PLAIN_EVERY:
            last = now
            say(f"{what}: {done:,}{of}")

    return advance
