"""What happens to memory that a training frees: it needs as much again in the next step."""

from __future__ import annotations

import ctypes
import sys

_M_TRIM_THRESHOLD, _M_MMAP_MAX = -1, -4
"""Numbers of malloc.h."""


def keep_freed_memory() -> bool:
    """Have glibc keep what is freed until the process ends, for what is allocated next.

    It would give blocks as large as a batch's logits back at once, so that every step gets its
    own as new pages, which the system fills with zeros one by one. Peak memory grows somewhat,
    since kept blocks do not always fit.

    Returns:
        Whether it could be told so: on Linux with glibc.
    """
    if sys.platform != "linux":
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return False  # Another C library.
    return bool(mallopt(_M_MMAP_MAX, 0)) and bool(mallopt(_M_TRIM_THRESHOLD, -1))
