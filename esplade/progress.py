"""What a person sees while something works: sentences and bars on stderr; they can be switched off.

`set_verbosity` is for scripts and notebooks; the command line has ``--quiet`` and ``--verbose``.
"""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from ground.errors import InputError

LEVELS = ("quiet", "normal", "verbose")
"""Errors and answers alone; also what is being done and what should be known; also details."""

_PLAIN_EVERY = 10.0
"""Seconds between two lines of progress where stderr is neither a terminal nor a notebook."""
_REDRAWN_EVERY = 0.5
_LOGGER = logging.getLogger("esplade")
_LOGGER.addHandler(logging.NullHandler())

Advance = Callable[[int], None]

_level = LEVELS.index("normal")
_log: TextIO | None = None
_checks: list[Callable[[], None]] = []


def set_verbosity(level: str) -> None:
    """Say how much is told on stderr from now on: ``quiet``, ``normal`` or ``verbose``.

    The environment variable ``ESPLADE_VERBOSITY`` says it for a process from its start.

    Raises:
        InputError: another word.

    Example:
        >>> import esplade
        >>> esplade.set_verbosity("normal")
    """
    global _level
    if level not in LEVELS:
        raise InputError(f"{level!r} is no verbosity. Use one of {', '.join(LEVELS)}.")
    _level = LEVELS.index(level)


def verbosity() -> str:
    """How much is told now."""
    return LEVELS[_level]


@contextmanager
def quiet() -> Iterator[None]:
    """Tell nothing while the block runs; errors are raised as ever.

    Example:
        >>> import esplade
        >>> with esplade.quiet():
        ...     run = esplade.Run.from_dicts({"q1": {"d1": 1.0}})
    """
    global _level
    before, _level = _level, LEVELS.index("quiet")
    try:
        yield
    finally:
        _level = before


def log_to(stream: TextIO | None) -> None:
    """Also write everything that is told, whatever the verbosity, to a file with times."""
    global _log
    _log = stream


def on_progress(check: Callable[[], None]) -> None:
    """Have something called whenever work advances (a command looks there for a lost Ctrl-C)."""
    if check not in _checks:
        _checks.append(check)


def say(message: str) -> None:
    """Tell the person who waits something; never mixed into an answer on stdout."""
    _tell(message, LEVELS.index("normal"))


def detail(message: str) -> None:
    """Tell something that only ``verbose`` shows."""
    _tell(message, LEVELS.index("verbose"))


def log(message: str, level: int = logging.INFO) -> None:
    """Write something to the log, where there is one; and to Python's, as logger ``esplade``."""
    _LOGGER.log(level, message)
    if _log is not None:
        _log.write(f"{time.strftime('%Y-%m-%dT%H:%M:%S')} {message}\n")
        _log.flush()


def _tell(message: str, level: int) -> None:
    log(message, logging.DEBUG if level == LEVELS.index("verbose") else logging.INFO)
    if level <= _level:
        print(message, file=sys.stderr, flush=True)


@contextmanager
def progress(what: str, total: int | None = None) -> Iterator[Advance]:
    """A bar on a terminal, one line that is drawn again in a notebook, elsewhere a line at times.

    Args:
        what: a few words in front of it.
        total: number of steps, if it is known.

    Yields:
        A function to call with the number of steps done since the last call.
    """
    began, done = time.monotonic(), 0

    def counted(steps: int) -> None:
        nonlocal done
        done += steps
        advance(steps)

    with _shown(what, total) as advance:
        yield _checking(counted)
    _LOGGER.info("%s: %s in %.2f s", what, f"{done:,}", time.monotonic() - began)


@contextmanager
def _shown(what: str, total: int | None) -> Iterator[Advance]:
    if _level == LEVELS.index("quiet"):
        yield lambda steps: None
    elif sys.stderr is not None and sys.stderr.isatty():
        with _bar(what, total) as advance:
            yield advance
    elif in_notebook():
        with _redrawn(what, total) as advance:
            yield advance
    else:
        yield _lines(what, total)


def in_notebook() -> bool:
    """Whether this runs in a kernel of Jupyter."""
    shell: Any = sys.modules.get("IPython")
    return shell is not None and type(shell.get_ipython()).__name__ == "ZMQInteractiveShell"


def _checking(advance: Advance) -> Advance:
    def checked(steps: int) -> None:
        for check in _checks:
            check()
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


@contextmanager
def _redrawn(what: str, total: int | None) -> Iterator[Advance]:
    """One line that is written over itself, which every front end of Jupyter shows."""
    done, last = 0, 0.0

    def show() -> None:
        of = f" of {total:,}" if total else ""
        sys.stderr.write(f"\r{what}: {done:,}{of}")
        sys.stderr.flush()

    def advance(steps: int) -> None:
        nonlocal done, last
        done += steps
        if time.monotonic() - last >= _REDRAWN_EVERY:
            last = time.monotonic()
            show()

    try:
        yield advance
    finally:
        show()
        sys.stderr.write("\n")


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


if "ESPLADE_VERBOSITY" in os.environ:
    set_verbosity(os.environ["ESPLADE_VERBOSITY"])
