"""A file of defaults, read: every value with its place, before anything is made of it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from ground.errors import InputError

SHARED = "defaults"
"""The table of options that several commands have."""


class Entry(NamedTuple):
    """One line of a file.

    Attributes:
        file: which.
        line: number of the line, from 1; None where it cannot be told.
        table: words of the command, ``("data", "import")``; or ``("defaults",)``.
        key: as it is written.
        value: as TOML has it.
    """

    file: Path
    line: int | None
    table: tuple[str, ...]
    key: str
    value: Any

    @property
    def where(self) -> str:
        """File, line and key, as messages begin."""
        line = "" if self.line is None else f", line {self.line}"
        return f"{self.file}{line}, [{'.'.join(self.table)}] {self.key}"


class Tables(NamedTuple):
    """What a file holds: its tables with their lines, and their entries."""

    named: dict[tuple[str, ...], int | None]
    entries: list[Entry]


def read_tables(path: Path, groups: frozenset[str] = frozenset()) -> Tables:
    """Read a file.

    Args:
        path: the file.
        groups: commands that have commands: their tables hold tables.

    Raises:
        InputError: it cannot be read, is no TOML, or has a value outside of all tables.
    """
    from ground.reading import text

    content = text(path)
    try:
        found = tomllib.loads(content)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path} is no TOML file: {error}. Correct that line.") from None
    lines = _Lines(content)
    named: dict[tuple[str, ...], int | None] = {}
    entries: list[Entry] = []
    for table, values in _tables(found, path, lines, groups):
        named[table] = lines.of_table(table)
        entries += [Entry(path, lines.of_key(table, k), table, k, v) for k, v in values.items()]
    return Tables(named, entries)


def _tables(
    found: dict[str, Any], path: Path, lines: _Lines, groups: frozenset[str]
) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    for name, value in found.items():
        if not isinstance(value, dict):
            line = lines.of_key((), name)
            at = "" if line is None else f", line {line}"
            raise InputError(
                f"{path}{at}: {name} stands in no table. Options stand below the name of their "
                f"command, such as [sweep], or below [{SHARED}]."
            )
        if name not in groups:
            yield (name,), value
            continue
        for inner, values in value.items():
            if not isinstance(values, dict):
                raise InputError(
                    f"{path}, [{name}] {inner}: {name} has commands of its own. Write the "
                    f"table of one of them, such as [{name}.list]."
                )
            yield (name, inner), values


class _Lines:
    """Where tables and keys stand in the text: a parser of TOML does not tell."""

    def __init__(self, content: str) -> None:
        self.lines = content.splitlines()

    def of_table(self, table: tuple[str, ...]) -> int | None:
        """The line of a table's head."""
        inside = r"\s*\.\s*".join(f"[\"']?{re.escape(word)}[\"']?" for word in table)
        head = re.compile(rf"\s*\[\s*{inside}\s*\]")
        return next((n for n, line in enumerate(self.lines, 1) if head.match(line)), None)

    def of_key(self, table: tuple[str, ...], key: str) -> int | None:
        """The line of a key below its table's head."""
        begins = self.of_table(table) if table else 0
        if begins is None:
            return None
        wanted = re.compile(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=")
        for number, line in enumerate(self.lines[begins:], begins + 1):
            if re.match(r"\s*\[", line):
                return None
            if wanted.match(line):
                return number
        return None
