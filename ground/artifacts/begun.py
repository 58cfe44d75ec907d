"""Which command is at work on a folder: a note in it for as long as the result is unfinished.

::

    DIR/.begun.json     {"command": ["esplade", "sweep", ...], "folder": where it was given}

A killed command leaves it, so that whoever finds the folder knows what goes on from there.
"""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from ground.artifacts.digests import given_command
from ground.artifacts.trouble import OutputError, output_errors
from ground.dry import is_dry
from ground.errors import InputError

BEGUN = ".begun.json"


@dataclass(frozen=True)
class Begun:
    """A command, and the folder in which it was given.

    Attributes:
        command: its words, tokens and passwords left out.
        folder: the working folder.
    """

    command: tuple[str, ...]
    folder: str

    @property
    def line(self) -> str:
        """What to type so that the work goes on."""
        return f"cd {shlex.quote(self.folder)} && {shlex.join(self.command)}"


def note_begun(folder: Path) -> None:
    """Note in a folder which command is at work on it; where that cannot be, it is not noted."""
    with suppress(OSError):
        noted = {"command": given_command(), "folder": os.getcwd()}
        (folder / BEGUN).write_text(json.dumps(noted, ensure_ascii=False), encoding="utf-8")


def forget_begun(folder: Path) -> None:
    """The work is done."""
    with suppress(OSError):
        (folder / BEGUN).unlink(missing_ok=True)


def read_begun(folder: Path) -> Begun | None:
    """Which command was at work on a folder; None where nothing says so."""
    try:
        noted = json.loads((folder / BEGUN).read_text(encoding="utf-8"))
        return Begun(tuple(str(word) for word in noted["command"]), str(noted["folder"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None


@contextmanager
def noting_begun(folder: Path) -> Iterator[None]:
    """Note the command while the block works on a folder, which is made if it is not there.

    Where the block fails for good, on wrong input for instance, what was noted before is noted.

    Raises:
        OutputError: the folder cannot be made.
    """
    if is_dry():
        yield
        return
    before, new = None, not folder.exists()
    with output_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    with suppress(OSError):
        before = (folder / BEGUN).read_bytes()
    note_begun(folder)
    try:
        yield
    except InputError as error:
        if not isinstance(error, OutputError):
            _restore(folder, before)
            with suppress(OSError):
                if new:
                    folder.rmdir()  # only while nothing is in it
        raise
    forget_begun(folder)


def _restore(folder: Path, before: bytes | None) -> None:
    if before is None:
        forget_begun(folder)
        return
    with suppress(OSError):
        (folder / BEGUN).write_bytes(before)
