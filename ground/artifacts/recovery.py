"""What a process that was killed while it replaced a folder has left to do."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from ground.artifacts import fixed
from ground.artifacts.claims import claimed
from ground.artifacts.leftovers import is_abandoned, leftovers
from ground.dry import is_dry
from ground.errors import InputError


def recover(out: Path) -> None:
    """Make a finished result of a folder again that was being replaced, old or new.

    Where that is not possible, or another process is at it, nothing changes.
    """
    if is_dry():
        return
    if fixed.is_being_filled(out):
        # Unreadable journals stay, and with them the folder counts as unfinished.
        with suppress(InputError, OSError, ValueError, KeyError), claimed(out, inner_lock(out)):
            fixed.go_on(out)
    put_back(out)


def put_back(out: Path) -> None:
    """Restore the finished result that a process was replacing when it was killed."""
    if is_dry() or out.exists() or out.is_symlink():
        return
    for old in leftovers(out, "old-"):
        if is_abandoned(old) and not out.exists():
            with suppress(OSError):
                old.rename(out)


def inner_lock(folder: Path) -> Path:
    """The claim to a folder that cannot be renamed lies in it."""
    place = fixed.home(folder)
    return place.with_name(f".{place.name}.partial-lock")
