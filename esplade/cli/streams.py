"""Standard input, output and error: closed ones, and readers that have seen enough."""

from __future__ import annotations

import os
import select
import sys


def open_missing() -> None:
    """Open what was closed when the process began (``>&-``, daemons), on the null device.

    The next file that is opened would get the number of standard error otherwise, and every
    warning would be written into it.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free: this one
    for name, number in (("stdin", 0), ("stdout", 1), ("stderr", 2)):
        if getattr(sys, name) is None:
            mode = "r" if name == "stdin" else "w"
            stream = open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115
            setattr(sys, name, stream)


def reader_left() -> int:
    """End of a pipe: 0 if its reader (head, less) has seen enough of an answer.

    Answers come last, progress before: where standard error is the pipe that broke, the command
    had not done its work.
    """
    worked = not _is_broken(2)
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)  # what is still in the buffer goes nowhere, without a word
    if not worked:
        os.dup2(null, 2)
    return 0 if worked else 1


def _is_broken(number: int) -> bool:
    """Whether a file is a pipe that nobody reads."""
    if not hasattr(select, "poll"):
        return False
    asked = select.poll()
    asked.register(number, select.POLLOUT)
    return any(event & select.POLLERR for _, event in asked.poll(0))
