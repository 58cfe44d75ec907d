"""The file that says what of a result of several files is not in its place yet.

::

    .NAME.placing     JSON: what is renamed to what, and what goes
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from ground.artifacts.leftovers import partial_path

_SUFFIX = ".placing"


def journal_path(main: Path) -> Path:
    """Where the journal of a result lies."""
    return main.with_name(f".{main.name}{_SUFFIX}")


def write_journal(
    journal: Path, main: Path, moves: Mapping[Path, Path], removed: Sequence[Path]
) -> None:
    """Put a journal in its place.

    Args:
        journal: see `journal_path`.
        main: the file that the result is known by.
        moves: what lies aside, and where it goes.
        removed: what does not belong to the result any more.
    """
    home = journal.parent
    # The file that the result is known by comes last.
    ordered = sorted(moves.items(), key=lambda move: move[1] == main)
    renamed = [[_relative(aside, home), _relative(path, home)] for aside, path in ordered]
    # What is replaced is not removed as well: whoever repeats this would remove the new one.
    gone = [path for path in removed if path not in moves.values()]
    partial = partial_path(journal)
    try:
        with partial.open("w", encoding="utf-8") as stream:
            json.dump({"moves": renamed, "removed": [_relative(p, home) for p in gone]}, stream)
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(journal)
    finally:
        partial.unlink(missing_ok=True)
    sync(journal.parent)


def carry_out(journal: Path) -> None:
    """Do what a journal says, or the rest of it.

    Where that cannot be made sure of, or the journal not be removed, it stays, and nothing has
    failed: all files are in their places, and whoever looks next does it again.
    """
    decided = json.loads(journal.read_text(encoding="utf-8"))
    home = journal.parent
    for name in decided["removed"]:
        (home / name).unlink(missing_ok=True)
    for partial, path in decided["moves"]:
        if (home / partial).exists():
            (home / partial).replace(home / path)
    with suppress(OSError):
        for folder in {(home / path).parent for _, path in decided["moves"]}:
            sync(folder)
        journal.unlink()


def is_carried_out(journal: Path) -> bool:
    """Whether all files that a journal names are in their places."""
    decided = json.loads(journal.read_text(encoding="utf-8"))
    left = [partial for partial, _ in decided["moves"]] + decided["removed"]
    return not any(os.path.lexists(journal.parent / name) for name in left)


def named_in(folder: Path) -> set[Path]:
    """The files aside that journals in a folder still need."""
    found: set[Path] = set()
    for journal in folder.glob(f".*{_SUFFIX}"):
        try:
            moves = json.loads(journal.read_text(encoding="utf-8"))["moves"]
            found |= {Path(os.path.realpath(folder / partial)) for partial, _ in moves}
        except (OSError, ValueError, TypeError, KeyError):
            continue
    return found


def sync(path: Path) -> None:
    """Make sure that a file or a folder survives a loss of power, where it can be asked for."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EIO):
            # The bytes are not on the disk; others cannot be asked, such as folders of some disks.
            raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        os.close(handle)


def _relative(path: Path, home: Path) -> str:
    """A path as seen from the journal, which may be moved together with its files."""
    real = os.path.join(os.path.realpath(path.parent), path.name)
    return os.path.relpath(real, os.path.realpath(home))
