"""Which columns of a table are shown, and in which order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ground.errors import InputError
from harness.report.tables import Column, Table

LETTER = Column("letter", "#")
"""The letter of a system, which superscripts of others name."""
_NAME = Column("name", "name")
_COMMA = re.compile(r",(?![^()]*\))")
"""Not within a measure's parameters."""


def select_columns(table: Table, names: str | Sequence[str]) -> Table:
    """The table with these columns only, in this order.

    The letters of systems stay where superscripts name them.

    Args:
        table: with all its columns.
        names: keys or labels; in one text, joined by commas.

    Raises:
        InputError: there is no such column, or one stands twice.
    """
    given = _COMMA.split(names) if isinstance(names, str) else list(names)
    known = [*table.columns, *(() if _has(table, _NAME.key) else (_NAME,))]
    chosen = [_find(known, name.strip()) for name in given]
    keys = [column.key for column in chosen]
    if twice := next((key for key in keys if keys.count(key) > 1), None):
        raise InputError(f"The column {twice} is asked for twice. Leave one of them out.")
    if _has(table, LETTER.key) and LETTER.key not in keys:
        chosen.insert(0, LETTER)
    return replace(table, columns=tuple(replace(column, minor=False) for column in chosen))


def major_columns(table: Table) -> Table:
    """The table without the columns that are left out where there is little room."""
    return replace(table, columns=tuple(c for c in table.columns if not c.minor))


def _has(table: Table, key: str) -> bool:
    return any(column.key == key for column in table.columns)


def _find(known: Sequence[Column], name: str) -> Column:
    by_key = [column for column in known if column.key == name]
    found = by_key or [column for column in known if column.label == name]
    if not found:
        listed = ", ".join(c.key if c.key == c.label else f"{c.key} ({c.label})" for c in known)
        raise InputError(f"There is no column {name!r}. This table has: {listed}.")
    return found[0]
