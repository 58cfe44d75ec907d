"""One table of systems by rows; how it looks in each format is in `harness.report.renderings`."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Value = str | float | int | None

NOTHING = "–"
"""Shown where a system has no value."""

BASELINE = "(baseline)"


@dataclass(frozen=True)
class Column:
    """A column.

    Attributes:
        key: name of its values in the rows, and of the column in CSV and JSON.
        label: heading for people, with the unit.
        digits: decimals shown; None for text.
        higher_is_better: whether the best value is the largest or the smallest; None if
            there is no best.
        minor: whether it is left out where there is little room, as in LaTeX.
    """

    key: str
    label: str
    digits: int | None = None
    higher_is_better: bool | None = None
    minor: bool = False


@dataclass(frozen=True)
class Row:
    """A system.

    Attributes:
        values: column key to value; what is missing or NaN is shown as a dash.
        marks: column key to a superscript, for significance.
        baseline: whether the others are compared with this one.
        notes: sentences on what its values do not cover; those of a table repeat them for people.
    """

    values: Mapping[str, Value]
    marks: Mapping[str, str] = field(default_factory=dict)
    baseline: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cell:
    """What is shown of one value: its text, superscript, and whether it is the column's best."""

    text: str
    mark: str = ""
    best: bool = False


@dataclass(frozen=True)
class Table:
    """Systems by rows.

    Attributes:
        columns: in order.
        rows: in order.
        caption: one line above.
        notes: sentences below: what marks mean, what the values are computed from.
        legend: those of the notes without which the table cannot be read.
    """

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    caption: str = ""
    notes: tuple[str, ...] = ()
    legend: tuple[str, ...] = ()

    def cells(self) -> list[list[Cell]]:
        """What is shown, row by row, with the best of each column found."""
        best = {column.key: self._best(column) for column in self.columns}
        return [
            [_cell(column, row, best[column.key]) for column in self.columns] for row in self.rows
        ]

    def has_marks(self, column: Column) -> bool:
        """Whether any row has a superscript in this column."""
        return any(row.marks.get(column.key) for row in self.rows)

    def _best(self, column: Column) -> str | None:
        """The best value as it is shown, so that what looks equal is marked alike."""
        values = [v for row in self.rows if is_number(v := row.values.get(column.key))]
        numbers = [float(v) for v in values if v is not None]
        if column.higher_is_better is None or len(numbers) < 2:
            return None
        return format_value(column, max(numbers) if column.higher_is_better else min(numbers))


def measure_column(name: str, values: Sequence[Value], digits: int = 3) -> Column:
    """The column of a measure: its decimals if it is a share, none if it is a count."""
    numbers = [float(v) for v in values if v is not None and is_number(v)]
    # A perfect share may be above 1 by its last bit, and is no count for that.
    count = max(numbers, default=0.0) > 1 and all(number.is_integer() for number in numbers)
    return Column(name, name, 0 if count else digits, None if _is_no_merit(name) else True)


def _is_no_merit(name: str) -> bool:
    """Counts of queries and results, and the share of those judged, are not better for more."""
    return name.partition("@")[0] in ("NumQ", "NumRet", "Judged") or name.startswith("NumRel")


def is_number(value: Value) -> bool:
    """Whether there is a number to show: not text, not missing, not NaN."""
    return isinstance(value, int | float) and not math.isnan(value)


def format_value(column: Column, value: Value) -> str:
    """The text of a value; numbers with the column's decimals and thousands separated.

    What is more than nothing is not shown as zero, but as ``<0.001``.
    """
    if isinstance(value, str):
        return value
    if value is None or not is_number(value):
        return NOTHING
    digits = column.digits or 0
    text = f"{value:,.{digits}f}"
    return (
        f"<{10.0**-digits:.{digits}f}" if value > 0 and not float(text.replace(",", "")) else text
    )


def with_baseline(texts: list[str], row: Row, label: str) -> list[str]:
    """A row's texts, with the baseline marked behind its name."""
    return [f"{texts[0]} {label}", *texts[1:]] if row.baseline and texts else texts


def _cell(column: Column, row: Row, best: str | None) -> Cell:
    value = row.values.get(column.key)
    text = format_value(column, value)
    return Cell(text, row.marks.get(column.key, ""), is_number(value) and text == best)
