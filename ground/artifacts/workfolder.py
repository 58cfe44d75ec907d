"""The folder beside a file that is made in steps: what later steps, or a later process, go on from.

It lies as ``.NAME.unfinished`` beside ``NAME`` and notes which file of that name was there when the
work began. So a process that was killed between the file and the removal of its folder is told from
one that was killed on its way to replace an older file.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ground.artifacts.begun import note_begun
from ground.artifacts.files import write_json
from ground.artifacts.leftovers import remove
from ground.artifacts.streams import is_stream
from ground.dry import is_dry, refuse

_NOTE = "replaces.json"


@contextmanager
def work_folder(out: Path, *, keep: bool) -> Iterator[Path]:
    """A folder for the work on a file; it is gone when the block has written the file.

    Args:
        out: the file that is made.
        keep: leave the folder where the block fails, for the next process to go on from.
    """
    refuse(out)
    if is_stream(out):
        with tempfile.TemporaryDirectory(prefix="esplade-") as folder:
            yield Path(folder)
        return
    place = _place(out)
    place.mkdir(parents=True, exist_ok=True)
    try:
        write_json(place / _NOTE, {"file": _identity(out)})
        note_begun(place)
        yield place
    except BaseException:
        if not keep:
            remove(place)
        raise
    remove(place)


def clear_work(out: Path) -> None:
    """Remove the folder of a process that was killed when its file was in its place already."""
    folder = _place(out) if out.is_file() and not is_dry() else None
    if folder is None or not folder.is_dir():
        return
    before = None
    with suppress(OSError, ValueError, KeyError, TypeError):
        before = json.loads((folder / _NOTE).read_text(encoding="utf-8"))["file"]
    if before != _identity(out):
        remove(folder)


def _place(out: Path) -> Path:
    return out.absolute().with_name(f".{out.name}.unfinished")


def _identity(path: Path) -> list[int] | None:
    """What tells a file from the one that replaces it; nothing where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return [found.st_ino, found.st_size, found.st_mtime_ns]
