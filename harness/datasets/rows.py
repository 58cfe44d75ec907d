"""Where the rows of a table stand, for messages: a file and its lines, or a frame and its rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

ROWS = "esplade.rows"
"""Under this name a frame that was read from a file remembers, in its ``attrs``, where."""


@dataclass(frozen=True)
class Rows:
    """The rows of a table.

    Attributes:
        name: of the table: a file's path, or what a frame holds.
        lines: in which line of the file each row ends; None for a frame.
    """

    name: str
    lines: tuple[int, ...] | None = None

    @classmethod
    def of(cls, frame: pd.DataFrame, name: str) -> Rows:
        """The rows of a frame: as its file has them, or by their numbers."""
        known = frame.attrs.get(ROWS)
        return known if isinstance(known, Rows) else cls(name)

    @property
    def unit(self) -> str:
        """What the numbers count."""
        return "row" if self.lines is None else "line"

    def number(self, row: int) -> int:
        """The number of a row, counted from 1, in its file."""
        return row if self.lines is None else self.lines[row - 1]

    def at(self, row: int) -> str:
        """Where a row, counted from 1, stands."""
        return f"{self.name}, {self.unit} {self.number(row)}"

    def __str__(self) -> str:
        return self.name

    def __deepcopy__(self, memory: Any) -> Rows:
        return self  # pandas copies attrs with every column
