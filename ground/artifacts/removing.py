"""A result goes away: from one moment on nothing there looks finished, and then it is gone."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from ground.artifacts import fixed
from ground.artifacts.claims import claimed
from ground.artifacts.journal_file import sync
from ground.artifacts.journals import discard, together
from ground.artifacts.leaving import Place
from ground.artifacts.leftovers import partial_path
from ground.artifacts.trouble import output_errors


def remove_folder(path: Path, marks: Sequence[str]) -> None:
    """Delete a folder: it is renamed first, to what the next command that writes there clears away.

    Args:
        path: the folder; no link.
        marks: files by which it is known to be a result; where it cannot be renamed, as a mount
            point, they go first.

    Raises:
        InputError: another process is writing it.
        OutputError: it cannot be deleted.
    """
    place = Place.of(path)
    with output_errors(path), claimed(path, place.lock):
        if place.fixed:
            _empty(path, marks)
            return
        gone = partial_path(path)
        path.rename(gone)
        sync(path.parent)
        shutil.rmtree(gone)


def remove_files(main: Path, companions: Sequence[Path]) -> None:
    """Delete a file and those beside it, all or none of them.

    Raises:
        OutputError: they cannot be deleted.
    """
    with together(main):
        for one in (main, *companions):
            discard(one)


def _empty(folder: Path, marks: Sequence[str]) -> None:
    for name in marks:
        (folder / name).unlink(missing_ok=True)
    sync(folder)
    for name in fixed.content(folder):
        inner = folder / name
        if inner.is_dir() and not os.path.islink(inner):
            shutil.rmtree(inner)
        else:
            inner.unlink()
