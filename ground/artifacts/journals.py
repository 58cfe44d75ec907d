"""Several files that are one result: all of them are there, or none.

They are written aside; then one small file, the journal, is put in place. It names what goes
where, and with it the result is decided: a process that is killed before leaves the old files, one
that is killed later leaves the journal, by which whoever comes next, reader or writer, knows that
the result is not in its place yet (see `ground.artifacts.journal_file`).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path

from ground.artifacts.claims import claimed
from ground.artifacts.journal_file import (
    carry_out,
    is_carried_out,
    journal_path,
    named_in,
    sync,
    write_journal,
)
from ground.artifacts.leftovers import is_abandoned, leftover_files, remove
from ground.artifacts.streams import is_stream
from ground.artifacts.trouble import output_errors
from ground.dry import is_dry
from ground.errors import InputError


@dataclass
class _Files:
    """What a block of `together` has written so far."""

    main: Path
    moves: dict[Path, Path] = field(default_factory=dict)
    removed: list[Path] = field(default_factory=list)


_current: ContextVar[_Files | None] = ContextVar("files that appear together", default=None)


@contextmanager
def together(main: Path) -> Iterator[None]:
    """Files that are written in the block appear when it ends, all of them, or not at all.

    A block inside a block joins it.

    Args:
        main: the file that the result is known by; the others are its companions.
    """
    if _current.get() is not None:
        yield
        return
    files = _Files(real_file(main))
    token = _current.set(files)
    try:
        yield
        with output_errors(main, files.main):
            _commit(files)
    finally:
        _current.reset(token)
        for partial in files.moves:
            partial.unlink(missing_ok=True)


def place(partial: Path, path: Path) -> None:
    """Put a complete file in its place: now, or with the others of `together`."""
    files = _current.get()
    if files is None:
        partial.replace(path)
        sync(path.parent)
    else:
        files.moves[partial] = path


def discard(path: Path) -> None:
    """Remove a file that does not belong to the new result, if it is there; see `place`."""
    files = _current.get()
    if files is None:
        path.unlink(missing_ok=True)
    elif path.exists() or path.is_symlink():
        files.removed.append(path)


def is_unfinished(main: Path) -> bool:
    """Whether a process died while it put a result of several files in its place."""
    return journal_path(real_file(main)).exists()


def check_new(main: Path, overwrite: bool) -> None:
    """Refuse to replace a file unasked; what a killed process left unfinished may be replaced.

    What dead processes left of it and of its companions is removed.

    Raises:
        InputError: the file is there, and ``overwrite`` is off.
    """
    if is_stream(main):
        return
    sweep(real_file(main))
    if main.exists() and not overwrite and not is_unfinished(main):
        raise InputError(f"{main} exists already. Add --overwrite to replace it.")


def settle(main: Path) -> None:
    """Before a result of several files is read: finish what a killed process had decided.

    Raises:
        InputError: that is not possible here.
    """
    if is_dry():
        return
    try:
        main = real_file(main)
        journal = journal_path(main)
        if not journal.exists():
            return
    except (OSError, ValueError):
        return  # no name of a file: whoever reads it says so
    try:
        # On a disk that cannot be written to, what is in its place can be read.
        if is_carried_out(journal) and not os.access(main.parent, os.W_OK):
            return
        with claimed(main, _lock(main), wait=True):
            if journal.exists():
                carry_out(journal)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise InputError(
            f"{main} is not finished: the process that was writing it was stopped, and what it "
            f"left cannot be put in its place ({error}). Run that command again with --overwrite."
        ) from None


def sweep(path: Path) -> None:
    """Remove what killed processes left of a file, or of its companions, while writing."""
    if is_dry():
        return
    left = [file for file in leftover_files(path) if is_abandoned(file)]
    needed = named_in(path.parent) if left else set()
    for partial in left:
        if Path(os.path.realpath(partial)) not in needed:
            remove(partial)
    lock = _lock(path)
    if lock.exists():
        # Whoever can claim it is alone, and takes the file away.
        with suppress(InputError, OSError), claimed(path, lock):
            pass


def real_file(path: Path) -> Path:
    """The file itself where a path is a symbolic link, so that links stay links."""
    return Path(os.path.realpath(path)) if path.is_symlink() else path


def _commit(files: _Files) -> None:
    main, journal = files.main, journal_path(files.main)
    if not files.moves and not files.removed:
        return
    with claimed(main, _lock(main), wait=True):
        if len(files.moves) == 1 and not files.removed and not journal.exists():
            ((partial, path),) = files.moves.items()
            partial.replace(path)
            sync(path.parent)
            return
        sweep(journal)
        write_journal(journal, main, files.moves, files.removed)
        written = list(files.moves.values())
        files.moves = {}  # from here on they are the journal's
        carry_out(journal)
    for path in written:
        sweep(path)


def _lock(main: Path) -> Path:
    return main.with_name(f".{main.name}.partial-lock")
