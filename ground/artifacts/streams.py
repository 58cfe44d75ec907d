"""Outputs that are no files: devices, pipes, and what the process has open already."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import BinaryIO

_STREAMS = ("/dev/stdout", "/dev/stderr", "/dev/fd/", "/proc/")
_NUMBERS = {"/dev/stdout": 1, "/dev/stderr": 2}
_OPEN = re.compile(r"(?:/dev/fd|/proc/self/fd)/(\d+)")


def is_stream(path: Path) -> bool:
    """Whether a path is a device, a pipe, or one of the process's own open files."""
    if str(path).startswith(_STREAMS):
        return True
    try:
        kind = path.stat().st_mode
    except OSError:
        return False
    return not (stat.S_ISREG(kind) or stat.S_ISDIR(kind))


def open_stream(path: Path) -> BinaryIO:
    """Open a device or a pipe, or what the process has open already, to write on from there.

    To open ``/dev/stdout`` by its name would cut the file that it was redirected to.
    """
    name = str(path)
    number = _NUMBERS.get(name)
    if number is None and (own := _OPEN.fullmatch(name)):
        number = int(own[1])
    return path.open("wb") if number is None else os.fdopen(os.dup(number), "wb")
