"""How much memory Java may take: the machine's, its container's, and this process's own limits."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from ground.errors import InputError

BESIDE_HEAP = 1_300 << 20
"""Address space that a JVM takes beside its heap, with the options that `java_options` gives it
where that is limited: 1.25 GB, measured with Java 21."""
LEAST = 256 << 20
_UNITS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
_CGROUPS = Path("/sys/fs/cgroup")


def heap_size() -> str:
    """ESPLADE_HEAP (such as 4g), else a quarter of the memory, between 512 MB and 8 GB.

    Where the address space of the process is limited (``ulimit -v``), at most half of what Java
    and Python leave of it: indexes are mapped into it, too.

    Raises:
        InputError: ESPLADE_HEAP is not a size, or more than can be had, or there is no room.
    """
    wanted = os.environ.get("ESPLADE_HEAP")
    room = address_room()
    if wanted is not None:
        return _given(wanted, room)
    size = min(max(memory_bytes() // 4, 512 << 20), 8 << 30)
    if room is not None:
        size = min(size, room // 2)
        if size < LEAST:
            smaller = (room >> 20) * 3 // 4
            raise InputError(
                f"The limit on this process's address space (ulimit -v) leaves {_mb(room)} for "
                f"Java's heap, which is too little. Raise the limit"
                + (
                    f", or try ESPLADE_HEAP={smaller}m."
                    if smaller >= 64
                    else "; ESPLADE_HEAP cannot help here."
                )
            )
    return f"{size >> 20}m"


def _given(wanted: str, room: int | None) -> str:
    found = re.fullmatch(r"([1-9]\d*)([kmg]?)", wanted, re.IGNORECASE)
    if not found:
        raise InputError(
            f"ESPLADE_HEAP is {wanted!r}, which is not a size of memory. Write 4g or 800m."
        )
    if room is not None and int(found[1]) * _UNITS[found[2].lower()] > room:
        raise InputError(
            f"ESPLADE_HEAP is {wanted}, and the limit on this process's address space (ulimit -v) "
            f"leaves {_mb(room)} for Java's heap. Set ESPLADE_HEAP to less, or raise the limit."
        )
    return wanted


def address_room() -> int | None:
    """Bytes of address space that a heap may have; None where there is no limit."""
    limit = _limit("RLIMIT_AS")
    return None if limit is None else max(0, limit - _taken() - BESIDE_HEAP)


def memory_bytes() -> int:
    """Memory that this process may use, in bytes: the machine's, or a limit on it."""
    sizes = [4 << 30]
    if hasattr(os, "sysconf"):
        sizes = [os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")]
    return min([*sizes, *_cgroup_limits(), *filter(None, [_limit("RLIMIT_DATA")])])


def _limit(name: str) -> int | None:
    try:
        import resource
    except ImportError:  # not a Unix
        return None
    soft = int(resource.getrlimit(getattr(resource, name))[0])
    return None if soft in (resource.RLIM_INFINITY, -1) else soft


def _taken() -> int:
    """Address space of this process so far."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except (OSError, ValueError, IndexError):
        return 512 << 20
    return pages * os.sysconf("SC_PAGE_SIZE")


def _cgroup_limits() -> Iterator[int]:
    """Limits of the control groups that this process is in, of either version."""
    for folder, file in _cgroup_folders():
        try:
            yield int((folder / file).read_text(encoding="ascii"))
        except (OSError, ValueError):  # "max" is no limit
            continue


def _cgroup_folders() -> Iterator[tuple[Path, str]]:
    # A container sees its own group as the root.
    yield _CGROUPS, "memory.max"
    yield _CGROUPS / "memory", "memory.limit_in_bytes"
    try:
        lines = Path("/proc/self/cgroup").read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return
    for line in lines:
        _, controllers, path = (line.split(":", 2) + ["", ""])[:3]
        if controllers not in ("", "memory"):
            continue
        root = _CGROUPS / controllers
        file = "memory.limit_in_bytes" if controllers else "memory.max"
        folder = root / path.lstrip("/")
        for group in (folder, *folder.parents):
            if group.is_relative_to(root):
                yield group, file


def _mb(size: int) -> str:
    return f"{size >> 20:,} MB"
