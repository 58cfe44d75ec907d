"""A finished folder that takes the place of another: at any moment one is there, whole."""

from __future__ import annotations

import errno
import json
from pathlib import Path

from ground.artifacts import fixed
from ground.artifacts.exchanging import exchange
from ground.artifacts.journal_file import sync
from ground.artifacts.leftovers import discard, old_path
from ground.artifacts.names import MANIFEST

_STANDS = (errno.EBUSY, errno.EXDEV)
"""What is said of a folder that cannot be renamed."""


def replace(partial: Path, out: Path) -> None:
    """Put a folder that is whole and on the disk in the place of one that is there.

    What was there before is removed; where it cannot be, it goes with the next command that looks.

    Raises:
        OSError: it was not done, and what was there before still is.
    """
    try:
        swapped = exchange(partial, out)
    except OSError as error:
        if error.errno not in _STANDS:
            raise
        fixed.fill(partial, out)  # a kind of mount that nothing told of
        return
    if not swapped:
        _by_two_renames(partial, out)
        return
    try:
        sync(out.parent)
    except OSError:
        # A command that fails leaves what was there before. Where even that is refused, the new
        # one is in its place and whole: nothing has failed.
        if _undone(partial, out):
            raise
    discard(partial, out)


def _undone(partial: Path, out: Path) -> bool:
    try:
        return exchange(partial, out)
    except OSError:
        return False


def is_replaced(partial: Path, key: str | None) -> bool:
    """Whether unfinished files of a key are another's: what was replaced, and its process died."""
    try:
        found = json.loads((partial / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return False
    return not isinstance(found, dict) or found.get("key") != key


def _by_two_renames(partial: Path, out: Path) -> None:
    """The same where names cannot change places; who is killed in between leaves `put_back`."""
    old = old_path(out)
    try:
        out.rename(old)
    except OSError as error:
        if error.errno not in _STANDS:
            raise
        fixed.fill(partial, out)
        return
    try:
        partial.rename(out)
    except OSError:
        old.rename(out)
        raise
    try:
        sync(out.parent)
    except OSError:
        out.rename(partial)
        old.rename(out)
        raise
    discard(old, out)
