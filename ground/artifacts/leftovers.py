"""Unfinished files and folders: what they are called, whose they are, when they may go.

What is being made as ``NAME`` is called ``.NAME.partial-HOST-PID`` until it is whole, or
``.NAME.partial-key-KEY`` where a later process may go on with it. A killed process leaves it; the
next one that makes ``NAME`` removes it, but nothing that a living process may be writing.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import time
from contextlib import suppress
from functools import cache
from pathlib import Path

_OURS = re.compile(r"\.partial-(?:[a-z]+-)?(?:(?P<host>[0-9a-f]{8})-)?(?P<pid>\d+)$")
_CLOCKS = 3600.0
"""Seconds by which the clocks of a file server and of this machine may differ."""
_FOREIGN = 86400.0
"""Seconds after which what another machine left untouched counts as left."""


def partial_path(out: Path, key: str | None = None, what: str = "") -> Path:
    """Where ``out`` lies until it is whole.

    Args:
        out: the finished result's place.
        key: digest of what is being made, if another process may go on with it.
        what: a word (a-z) for something else that is needed while it is made.
    """
    mark = f"key-{key[:16]}" if key else f"{host()}-{os.getpid()}"
    return out.with_name(f".{out.name}.partial-{what and f'{what}-'}{mark}")


def old_path(out: Path) -> Path:
    """Where the result before lies while the new one takes its place."""
    return out.with_name(f".{out.name}.partial-old-{host()}-{os.getpid()}")


def leftovers(out: Path, mark: str = "") -> list[Path]:
    """The unfinished files and folders of ``out``, of whichever process."""
    return _beside(out, f".{out.name}.partial-{mark}")


def leftover_files(path: Path) -> list[Path]:
    """The unfinished files of ``path`` and of those whose names go on after it and a point."""
    found = _beside(path, f".{path.name}.")
    return [file for file in found if ".partial-" in file.name and file.is_file()]


def is_abandoned(partial: Path) -> bool:
    """Whether no living process can be writing an unfinished file or folder.

    A process number may have been given away again: one that began after the last change is not
    the writer. Of another machine (or container) that shares the folder only the clock is known.
    """
    match = _OURS.search(partial.name)
    if match is None:
        return False
    changed = _last_change(partial)
    if match["host"] not in (None, host()):
        return time.time() - changed > _FOREIGN
    pid = int(match["pid"])
    return not _alive(pid) or _began(pid) > changed + _CLOCKS


def remove(path: Path) -> None:
    """Remove a file or a folder, if it is there and if that is possible."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
        return
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return


def discard(path: Path, out: Path) -> None:
    """Remove a folder of ``out``, under a name first that nobody believes once it is half removed.

    What cannot be removed goes with the next command that looks.
    """
    with suppress(OSError):
        gone = partial_path(out)
        if path != gone:
            path.rename(gone)
        remove(gone)


def _beside(out: Path, start: str) -> list[Path]:
    try:
        with os.scandir(out.parent) as entries:
            found = [entry.name for entry in entries if entry.name.startswith(start)]
    except OSError:
        return []
    return [out.with_name(name) for name in sorted(found)]


@cache
def host() -> str:
    """A name for the machine and the process numbers in use here: containers have their own."""
    try:
        space = os.readlink("/proc/self/ns/pid")
    except OSError:
        space = ""
    return hashlib.sha256(f"{platform.node()} {space}".encode()).hexdigest()[:8]


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def _began(pid: int) -> float:
    """When a process began, in seconds since 1970; 0 where that cannot be known."""
    try:
        ticks = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
        up = float(Path("/proc/uptime").read_text().split()[0])
        return time.time() - up + ticks / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError):
        return 0.0


def _last_change(path: Path) -> float:
    """Newest time of change of a file, or of a folder and what is directly in it."""
    try:
        times = [path.stat().st_mtime]
        if path.is_dir():
            times += [entry.stat().st_mtime for entry in os.scandir(path)]
    except OSError:
        return time.time()
    return max(times)
