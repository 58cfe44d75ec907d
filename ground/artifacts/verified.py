"""Files whose bytes were compared with their checksums, remembered so that it is done once.

A disk may return other bytes than were written. Reading all of a large result at every opening
would take too long, so a file in ``$ESPLADE_CACHE/verified`` (``~/.cache/esplade/verified``) says
which files of a folder were found whole; the folder itself stays as it is. A file is known again by
its number on the disk, its size, and the times of its last changes (which no copy keeps, and no
program can set); where one of them is another, it is compared again.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from ground.artifacts.files import write_json
from ground.dry import is_dry
from ground.errors import InputError
from ground.machine import cache_root

_MOST = 2000
"""Folders that are remembered; beyond, the half that was not looked at for longest is forgotten."""
_BLOCK = 1 << 20
_THREADS = 4

Check = Callable[[Path], str | None]
"""What is wrong with a file, if anything."""


def find_damage(
    folder: Path, names: Iterable[str], check: Check, *, always: bool = False
) -> tuple[Path, str] | None:
    """Compare files of a result with their checksums, unless that was done before.

    Args:
        folder: the result's folder.
        names: files in it.
        check: compares one.
        always: compare them all, whatever is remembered.

    Returns:
        The first file that is damaged, and how; None if all are whole.
    """
    known = {} if always else _recall(folder)
    marks = {name: _mark(folder / name) for name in names}
    wanted = [name for name, mark in marks.items() if mark is None or known.get(name) != mark]
    if not wanted:
        return None
    with ThreadPoolExecutor(_THREADS) as pool:
        found = pool.map(check, [folder / name for name in wanted])
        for name, wrong in zip(wanted, found, strict=True):
            if wrong is not None:
                return folder / name, wrong
    _memorise(folder, {**known, **marks})
    return None


def remember(folder: Path, names: Iterable[str]) -> None:
    """Note that files were compared, or written, just now."""
    _memorise(folder, {**_recall(folder), **{name: _mark(folder / name) for name in names}})


def matches(checksums: Mapping[str, int], folder: Path) -> Check:
    """A check against CRC-32 checksums that were recorded by name."""

    def check(path: Path) -> str | None:
        expected = checksums[path.relative_to(folder).as_posix()]
        try:
            found = file_crc32(path)
        except OSError as error:
            return error.strerror or str(error)
        return None if found == expected else "its bytes are not those that were written"

    return check


def file_crc32(path: Path) -> int:
    """CRC-32 of a file's bytes."""
    checksum = 0
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            checksum = zlib.crc32(block, checksum)
    return checksum


def memory_path(folder: Path) -> Path:
    """Where it is remembered which files of a folder are whole.

    By the folder's number on its disk, so that it may be renamed.
    """
    found = os.stat(folder)
    return cache_root() / "verified" / f"{found.st_dev:x}-{found.st_ino:x}.json"


def _mark(path: Path) -> list[int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return [found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns]


def _recall(folder: Path) -> dict[str, list[int] | None]:
    try:
        memory = json.loads(memory_path(folder).read_text(encoding="utf-8"))
        return {str(name): mark for name, mark in memory["files"].items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RuntimeError):
        return {}


def _memorise(folder: Path, marks: Mapping[str, list[int] | None]) -> None:
    if is_dry():
        return
    kept = {name: mark for name, mark in marks.items() if (folder / name).exists()}
    with suppress(OSError, InputError, RuntimeError):
        path = memory_path(folder)
        write_json(path, {"files": kept})
        _forget(path.parent)


def _forget(memories: Path) -> None:
    found = sorted(memories.glob("*.json"), key=lambda path: path.stat().st_mtime)
    if len(found) > _MOST:
        for path in found[: _MOST // 2]:
            path.unlink(missing_ok=True)
