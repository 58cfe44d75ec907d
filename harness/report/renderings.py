"""The renderings of a table: one function a format, all in ``RENDERERS``."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ground.errors import InputError
from harness.report.latex import to_latex
from harness.report.tables import BASELINE, Cell, Column, Table, Value, with_baseline

if TYPE_CHECKING:
    import rich.table

_WIDE = 200


def render(table: Table, format: str) -> str:
    """Render a table as text.

    Raises:
        InputError: there is no such format.
    """
    if format == "parquet":
        raise InputError("Parquet is no text: write it to a file (--out FILE.parquet).")
    if format not in RENDERERS:
        raise InputError(f"There is no format {format!r}. Choose one of {', '.join(RENDERERS)}.")
    return RENDERERS[format](table)


def format_of(path: Path) -> str:
    """The format that a file's ending means: that of text, or ``parquet``.

    Raises:
        InputError: it means none.
    """
    ending = path.suffix.lstrip(".").lower()
    format = {"tex": "latex", "htm": "html"}.get(ending, ending)
    check_format(format)
    return format


def check_format(format: str) -> None:
    """Check the name of a format of files.

    Raises:
        InputError: there is no such format.
    """
    if format not in FILE_FORMATS:
        raise InputError(
            f"There is no format {format!r}. Choose one with --format: {', '.join(FILE_FORMATS)}."
        )


def to_markdown(table: Table) -> str:
    """A pipe table; the best in bold, significance as ▲ and ▼ behind the value."""
    lines = [f"**{_pipe(table.caption)}**", ""] if table.caption else []
    lines.append(_pipe_row([_pipe(column.label) for column in table.columns]))
    lines.append(_pipe_row(["---" if c.digits is None else "---:" for c in table.columns]))
    for row, cells in zip(table.rows, table.cells(), strict=True):
        texts = [
            f"**{_pipe(c.text)}**{c.mark}" if c.best else _pipe(c.text) + c.mark for c in cells
        ]
        lines.append(_pipe_row(with_baseline(texts, row, BASELINE)))
    lines += [line for note in table.notes for line in ("", note)]
    return "\n".join(lines) + "\n"


def to_csv(table: Table) -> str:
    """Keys as the header, values in full precision; columns of marks and of notes if any."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    marked = [column for column in table.columns if table.has_marks(column)]
    header = [column.key for column in table.columns] + ["baseline"]
    noted = ["notes"] if any(row.notes for row in table.rows) else []
    writer.writerow([*header, *(f"{column.key}_mark" for column in marked), *noted])
    for row in table.rows:
        values = [_plain(row.values.get(column.key)) for column in table.columns]
        marks = [row.marks.get(column.key, "") for column in marked]
        writer.writerow([*values, int(row.baseline), *marks, *(" ".join(row.notes) for _ in noted)])
    return stream.getvalue()


def to_json(table: Table) -> str:
    """One JSON object with full-precision values; null where there is none."""
    return json.dumps(as_dict(table), ensure_ascii=False, indent=1) + "\n"


def as_dict(table: Table) -> dict[str, Any]:
    """The table as plain values, as `to_json` writes it."""
    columns = [
        {"key": c.key, "label": c.label, "digits": c.digits, "higher_is_better": c.higher_is_better}
        for c in table.columns
    ]
    rows = [
        {
            "values": {c.key: _plain(row.values.get(c.key)) for c in table.columns},
            "marks": dict(row.marks),
            "baseline": row.baseline,
            "notes": list(row.notes),
        }
        for row in table.rows
    ]
    return {"caption": table.caption, "columns": columns, "rows": rows, "notes": list(table.notes)}


def to_html(table: Table) -> str:
    """A table element; classes ``n`` (number), ``best`` and ``baseline`` for a style sheet."""
    head = "".join(f"<th{_html_class(c)}>{escape(c.label)}</th>" for c in table.columns)
    lines = ["<table>"]
    if table.caption:
        lines.append(f"<caption>{escape(table.caption)}</caption>")
    lines += [f"<thead><tr>{head}</tr></thead>", "<tbody>"]
    for row, cells in zip(table.rows, table.cells(), strict=True):
        start = '<tr class="baseline">' if row.baseline else "<tr>"
        texts = with_baseline([_html_text(cell) for cell in cells], row, BASELINE)
        pairs = zip(table.columns, texts, strict=True)
        lines.append(start + "".join(f"<td{_html_class(c)}>{t}</td>" for c, t in pairs) + "</tr>")
    lines += ["</tbody>", "</table>"]
    lines += [f"<p>{escape(note)}</p>" for note in table.notes]
    return "\n".join(lines) + "\n"


def to_rich(table: Table) -> rich.table.Table:
    """A table for rich's console: the best in bold, the baseline's row dim; without notes."""
    from rich import box
    from rich.table import Table as RichTable
    from rich.text import Text

    result = RichTable(
        title=Text(table.caption) if table.caption else None,
        box=box.SIMPLE_HEAD,
        title_justify="left",
    )
    for column in table.columns:
        justify: Any = "left" if column.digits is None else "right"
        result.add_column(Text(column.label), justify=justify, overflow="fold")
    for row, cells in zip(table.rows, table.cells(), strict=True):
        # In front, since what follows a number would push its digits out of line.
        shown = [f"{cell.mark} {cell.text}" if cell.mark else cell.text for cell in cells]
        texts = with_baseline(shown, row, BASELINE)
        styles = ["bold" if cell.best else "" for cell in cells]
        styled = [Text(t, style=s) for t, s in zip(texts, styles, strict=True)]
        result.add_row(*styled, style="dim" if row.baseline else None)
    return result


def print_table(table: Table) -> None:
    """Print a table for people on stdout; where that is no terminal, as wide as it needs."""
    from rich.console import Console
    from rich.text import Text

    console, shown = Console(), to_rich(table)
    if not console.is_terminal:
        console = Console(width=max(console.width, console.measure(shown).maximum, _WIDE))
    console.print(shown)
    # Not as its caption, which would be folded to the width of the table.
    for note in table.notes:
        console.print(Text(note), soft_wrap=not console.is_terminal, highlight=False)


RENDERERS: dict[str, Callable[[Table], str]] = {
    "md": to_markdown,
    "csv": to_csv,
    "latex": to_latex,
    "html": to_html,
    "json": to_json,
}
FILE_FORMATS = (*RENDERERS, "parquet")
"""Of files; Parquet is no text."""


def _plain(value: Value) -> Value:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _pipe(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ")


def _pipe_row(texts: list[str]) -> str:
    return "| " + " | ".join(texts) + " |"


def _html_class(column: Column) -> str:
    return "" if column.digits is None else ' class="n"'


def _html_text(cell: Cell) -> str:
    text = escape(cell.text)
    text = f'<strong class="best">{text}</strong>' if cell.best else text
    return text + (f"<sup>{escape(cell.mark)}</sup>" if cell.mark else "")
