"""Outputs that are no files: devices, pipes, and what the process has open already."""

from __future__ import annotations

import stat
from pathlib import Path

_STREAMS = ("/dev/stdout", "/dev/stderr", "/dev/fd/", "/proc/")


def is_stream(path: Path) -> bool:
    """Whether a path is a device, a pipe, or one of the process's own open files."""
    if str(path).startswith(_STREAMS):
        return True
    try:
        kind = path.stat().st_mode
    except OSError:
        return False
    return not (stat.S_ISREG(kind) or stat.S_ISDIR(kind))
