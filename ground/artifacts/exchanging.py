"""Two folders that change places in one step, so that neither name is ever free."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from functools import cache
from pathlib import Path
from typing import Any

_HERE = -100
"""AT_FDCWD: names are relative to the folder that the process is in."""
_EXCHANGE = 2
"""RENAME_EXCHANGE of Linux, and RENAME_SWAP of macOS."""
_CANNOT = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP)
"""What is said where the system, or the file system, has no such step."""


def exchange(one: Path, other: Path) -> bool:
    """Let two names change what they stand for.

    Args:
        one: a file or folder that is there.
        other: another, of the same file system.

    Returns:
        Whether it was done; false where this system, or this file system, cannot, and then nothing
        has changed.

    Raises:
        OSError: it was refused, for another reason.
    """
    call = _function()
    if call is None:
        return False
    # What listens to renames hears of this one.
    sys.audit("os.rename", str(one), str(other), -1, -1)
    ctypes.set_errno(0)
    if call(os.fsencode(one), os.fsencode(other)) == 0:
        return True
    why = ctypes.get_errno()
    if why in _CANNOT:
        return False
    raise OSError(why, os.strerror(why), str(one), None, str(other))


@cache
def _function() -> Any:
    """The C library's function of two names, if it has one."""
    library = ctypes.CDLL(None, use_errno=True) if os.name == "posix" else None
    if sys.platform == "darwin":
        swap = getattr(library, "renamex_np", None)
        return swap and (lambda one, other: swap(one, other, ctypes.c_uint(_EXCHANGE)))
    rename = getattr(library, "renameat2", None)
    if rename is None:
        return None
    return lambda one, other: rename(_HERE, one, _HERE, other, ctypes.c_uint(_EXCHANGE))
