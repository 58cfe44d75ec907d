"""One process at a time makes a result: the others wait, or are refused in words.

The claim is a lock on a file beside the result. The system drops it when the process dies, however
it dies, so that it says who lives better than any number would. Where a file system knows no locks,
nothing is claimed.
"""

from __future__ import annotations

import fcntl
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ground.dry import refuse
from ground.errors import InputError


@contextmanager
def claimed(place: Path, lock: Path, wait: bool = False) -> Iterator[None]:
    """Hold the claim to a result while the block runs.

    Args:
        place: the result, named in the error.
        lock: the file to lock; it goes when the block ends.
        wait: wait for the process that has the claim, instead of failing.

    Raises:
        InputError: another process has the claim.
    """
    refuse(lock)
    handle = _lock(place, lock, wait)
    try:
        yield
    finally:
        # A file that cannot be removed is no claim: that ends with the handle.
        with suppress(OSError):
            lock.unlink(missing_ok=True)
        os.close(handle)


def _lock(place: Path, lock: Path, wait: bool) -> int:
    while True:
        handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_at(handle, lock):
                break
        except BlockingIOError:
            owner = os.read(handle, 200).decode(errors="replace").strip()
            os.close(handle)
            raise InputError(
                f"{place} is being written by another process ({owner or 'not named'}). Wait "
                f"until it has finished, or choose another place for the output."
            ) from None
        except OSError:
            break  # no locks on this file system
        # The process before removed the file, after it was opened here.
        os.close(handle)
    os.ftruncate(handle, 0)
    os.write(handle, f"process {os.getpid()} on {platform.node()}".encode())
    return handle


def _is_at(handle: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False


def is_held(lock: Path) -> bool:
    """Whether a living process holds a lock file; nothing is changed.

    Both kinds of locks are looked for: a training holds its own by `fcntl.lockf`.
    """
    try:
        handle = os.open(lock, os.O_RDWR)
    except OSError:
        return False
    try:
        for take in (fcntl.flock, fcntl.lockf):
            take(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            take(handle, fcntl.LOCK_UN)
    except (BlockingIOError, PermissionError):
        return True
    except OSError:
        return False  # no locks on this file system
    finally:
        os.close(handle)
    return False


def holding(folder: Path) -> Path | None:
    """The first lock that a living process holds on a folder, beside it or in it; None for none."""
    return next((lock for lock in _locks(folder) if is_held(lock)), None)


def _locks(folder: Path) -> Iterator[Path]:
    """Lock files of a folder, those of the results in it, and of trainings that are beside it."""
    yield folder.with_name(f".{folder.name}.partial-lock")
    yield folder.with_name(f"{folder.name}.unfinished") / "LOCK"
    for above, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if ".partial-" not in name]
        for name in names:
            if name == "LOCK" or (name.startswith(".") and name.endswith(("-lock", ".lock"))):
                yield Path(above) / name
