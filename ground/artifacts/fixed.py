"""Folders that cannot be renamed: mount points, and others that must stay where they are.

A container's volume is one. The result is made inside of it, then what was there before goes and
the new files move up, the manifest last. A journal says how far that has come, so that whoever
comes next finishes it.

::

    DIR/.esplade.partial-...    the new result, until it is whole
    DIR/.esplade.placing        JSON: where it is, whether what was before is gone, and which file
                                comes last
"""

from __future__ import annotations

import errno
import json
import os
import shutil
from pathlib import Path

from ground.artifacts.files import write_json
from ground.artifacts.leftovers import partial_path, remove
from ground.artifacts.names import MANIFEST

_HIDDEN = ".esplade."
_JOURNAL = ".esplade.placing"
_OF_THE_DISK = "lost+found"


def stands_still(folder: Path) -> bool:
    """Whether a folder that is there cannot, or must not, be renamed."""
    if not folder.is_dir():
        return False
    if is_mount(folder) or not os.access(folder.parent, os.W_OK | os.X_OK):
        return True
    try:
        here = os.path.realpath(os.getcwd())
    except FileNotFoundError:
        return False
    # Whoever stands in a folder that is replaced finds nothing in it any more.
    return os.path.commonpath([here, os.path.realpath(folder)]) == os.path.realpath(folder)


def is_mount(path: Path) -> bool:
    """Whether something is mounted there, a file or a folder of the same disk included."""
    if os.path.ismount(path):
        return True
    real = os.path.realpath(path)
    try:
        lines = Path("/proc/self/mountinfo").read_bytes().splitlines()
    except OSError:
        return False
    points = (line.split()[4] for line in lines)
    return any(os.fsdecode(_unescaped(point)) == real for point in points)


def home(folder: Path) -> Path:
    """The name whose hidden neighbours are what is being made inside a folder."""
    return folder / "esplade"


def content(folder: Path) -> list[str]:
    """What a folder holds, apart from what is being made in it."""
    names = (entry.name for entry in os.scandir(folder))
    return [n for n in names if n != _OF_THE_DISK and not n.startswith(_HIDDEN)]


def is_being_filled(folder: Path) -> bool:
    """Whether a process died while the new files moved up."""
    return (folder / _JOURNAL).exists()


def source(folder: Path) -> Path | None:
    """What `fill` was moving up when its process died; None where there is no such thing."""
    try:
        state = json.loads((folder / _JOURNAL).read_text(encoding="utf-8"))
        return folder / str(state["from"])
    except (OSError, ValueError, TypeError, KeyError):
        return None


def fill(partial: Path, folder: Path) -> None:
    """Let the content of a finished folder take the place of what is in another."""
    place = os.path.relpath(os.path.realpath(partial), os.path.realpath(folder))
    names = os.listdir(partial)
    last = MANIFEST if MANIFEST in names else max(names, default="")
    write_json(folder / _JOURNAL, {"from": place, "emptied": False, "last": last})
    go_on(folder)


def go_on(folder: Path) -> None:
    """Finish what `fill` had begun, if anything."""
    journal = folder / _JOURNAL
    if not journal.exists():
        return
    state = json.loads(journal.read_text(encoding="utf-8"))
    made = folder / state["from"]
    last = state.get("last", MANIFEST)
    if not made.is_dir() and not (state["emptied"] and (folder / last).exists()):
        return  # what was to move up is gone; the folder stays unfinished
    if not state["emptied"]:
        for name in sorted(content(folder), key=lambda name: name != MANIFEST):
            remove(folder / name)
        write_json(journal, {**state, "emptied": True})
    if made.is_dir():
        for name in sorted(os.listdir(made), key=lambda name: name == last):
            _move(made / name, folder / name)
        shutil.rmtree(made, ignore_errors=True)
    journal.unlink()


def _move(source: Path, target: Path) -> None:
    remove(target)
    try:
        source.rename(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        near = partial_path(home(target.parent))
        remove(near)
        if source.is_dir():
            shutil.copytree(source, near)
        else:
            shutil.copy2(source, near)
        near.rename(target)
        remove(source)


def _unescaped(point: bytes) -> bytes:
    for code, character in ((b"\\040", b" "), (b"\\011", b"\t"), (b"\\012", b"\n")):
        point = point.replace(code, character)
    return point.replace(b"\\134", b"\\")
