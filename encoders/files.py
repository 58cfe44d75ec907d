"""Files and folders that appear whole or not at all.

What is being written as ``NAME`` is called ``.NAME.partial-PID`` until it is whole. A killed
process leaves it; the next one that writes ``NAME`` removes it.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO


@contextmanager
def atomic_text(path: Path) -> Iterator[TextIO]:
    """Write a text file (UTF-8, LF) that appears whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _sweep(path)
    partial = _partial(path)
    try:
        with partial.open("w", encoding="utf-8", newline="\n") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


@contextmanager
def atomic_folder(out: Path) -> Iterator[Path]:
    """Fill a sibling of ``out`` that takes its place, whole, when the block ends well."""
    out.parent.mkdir(parents=True, exist_ok=True)
    put_back(out)
    _sweep(out)
    partial = _partial(out)
    partial.mkdir()
    try:
        yield partial
        for path in (*partial.rglob("*"), partial):
            sync(path)
        _replace(partial, out)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Write a JSON file that appears whole or not at all."""
    with atomic_text(path) as stream:
        json.dump(value, stream, indent=1, ensure_ascii=False)
        stream.write("\n")


def put_back(out: Path) -> None:
    """Restore the folder that a process was replacing when it was killed."""
    for old in sorted(out.parent.glob(f".{out.name}.partial-old-*")):
        if not out.exists() and not _is_live(old):
            old.rename(out)


def sync(path: Path) -> None:
    """Make sure that a file or a folder survives a loss of power."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _partial(path: Path) -> Path:
    return path.with_name(f".{path.name}.partial-{os.getpid()}")


def _replace(partial: Path, out: Path) -> None:
    old = out.with_name(f".{out.name}.partial-old-{os.getpid()}")
    replaces = out.exists()
    if replaces:
        out.rename(old)
    try:
        partial.rename(out)
    except OSError:
        if replaces:
            old.rename(out)
        raise
    sync(out.parent)
    if replaces:
        # Under another name first: what is half removed must never be put back.
        old.rename(partial)


def _sweep(path: Path) -> None:
    """Remove what killed processes left of a file or a folder."""
    for left in path.parent.glob(f".{path.name}.partial-*"):
        if _is_live(left):
            continue
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)


def _is_live(partial: Path) -> bool:
    """Whether another living process is writing it; an older one of this number is not."""
    number = partial.name.rpartition("-")[2]
    if not number.isdigit() or len(number) > 10:
        return True  # no name of ours
    if int(number) == os.getpid():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
