"""A value of a file for an option: of the right type, within its limits, paths from the file on."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from esplade.cli.defaults.known import Option, is_path
from esplade.cli.defaults.tables import Entry
from ground.errors import InputError

_MAY_BE_FOLDERS = ("dataset", "encoder", "teacher", "backbone", "from")
"""Options that take a name or a folder."""
_NEEDED: dict[type, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: 'a text in quotes ("...")',
    Path: 'a path in quotes ("...")',
}
_WHAT: dict[type, str] = {
    bool: "a switch",
    int: "a number",
    float: "a number",
    str: "a text",
    list: "a list",
}


def value_for(option: Option, entry: Entry) -> Any:
    """What the command is given as the option's default.

    Raises:
        InputError: a value of another type, or beyond the option's limits.
    """
    value = entry.value
    if option.several:
        several = value if isinstance(value, list) else [value]
        return [_one(option, entry, item) for item in several]
    return _one(option, entry, value)


def _one(option: Option, entry: Entry, value: Any) -> Any:
    if not _fits(option.kind, value):
        what = _WHAT.get(type(value), "something else")
        needed = _NEEDED.get(option.kind, "a text")
        raise InputError(f"{entry.where}: {_shown(value)} is {what}, where {needed} is needed.")
    low, high = option.low, option.high
    if isinstance(value, int | float) and not isinstance(value, bool):
        if low is not None and value < low or high is not None and value > high:
            limits = [f"{low:g} or more"] if low is not None else []
            limits += [f"at most {high:g}"] if high is not None else []
            raise InputError(f"{entry.where}: {value:g} is not {' and '.join(limits)}.")
        return value
    return _from_file(option, value, entry.file) if isinstance(value, str) else value


def _fits(kind: type, value: Any) -> bool:
    if kind is bool or isinstance(value, bool):
        return kind is bool and isinstance(value, bool)
    if kind is int:
        return isinstance(value, int)
    if kind is float:
        return isinstance(value, int | float)
    return isinstance(value, str)


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:40]}..."


def _from_file(option: Option, value: str, file: Path) -> str:
    """A path seen from the working folder: in a file it is meant from the file's own folder."""
    if not (is_path(option) or option.name in _MAY_BE_FOLDERS):
        return value
    expanded = os.path.expanduser(value)
    if os.path.isabs(expanded):
        return expanded
    beside = file.parent / expanded
    return os.path.relpath(beside) if is_path(option) or beside.exists() else value
