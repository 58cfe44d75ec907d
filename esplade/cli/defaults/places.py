"""Where files of defaults lie: the nearest one upwards, and the one of the user."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NamedTuple

from ground.errors import InputError

NAME = "esplade.toml"
VARIABLE = "ESPLADE_CONFIG"
NONE = "none"
"""Value of the variable by which no file is read."""


class Place(NamedTuple):
    """A file of defaults that is there.

    Attributes:
        path: the file.
        what: whose it is, in words.
    """

    path: Path
    what: str


def user_path() -> Path | None:
    """Where the file of the user is looked for; None where there is no home folder."""
    try:
        return _configuration() / "esplade" / NAME
    except RuntimeError:
        return None


def _configuration() -> Path:
    """The folder of all programs' configuration.

    Raises:
        RuntimeError: there is no home folder.
    """
    if chosen := os.environ.get("XDG_CONFIG_HOME"):
        return Path(chosen)
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support"
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming")
    return Path.home() / ".config"


def folder_path() -> Path | None:
    """The nearest file upwards from the working folder, up to the home folder if that is above."""
    try:
        here = Path.cwd()
    except FileNotFoundError:
        return None
    top = os.environ.get("HOME")
    for folder in (here, *here.parents):
        if (folder / NAME).is_file():
            return folder / NAME
        if str(folder) == top:
            return None
    return None


def places() -> list[Place]:
    """The files to read, the one that counts most first.

    Raises:
        InputError: the one that ``$ESPLADE_CONFIG`` names is not there.
    """
    chosen = os.environ.get(VARIABLE)
    if chosen == NONE:
        return []
    if chosen:
        if not Path(chosen).is_file():
            raise InputError(
                f"{VARIABLE} names {chosen}, where there is no file. Name a file of defaults, or "
                f"{NONE} to read none."
            )
        return [Place(Path(chosen), f"the file that {VARIABLE} names")]
    found = []
    if folder := folder_path():
        found.append(Place(folder, "the folder's"))
    own = user_path()
    if own is not None and own.is_file() and own != folder:
        found.append(Place(own, "the user's"))
    return found
