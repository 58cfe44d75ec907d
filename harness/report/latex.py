r"""A table in LaTeX: a whole ``table`` with booktabs, its caption and its label.

It is as wide as it needs, and never wider than the line: then it is scaled down.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ground.artifacts import provenance
from harness.report.columns import major_columns
from harness.report.latex_text import latex
from harness.report.tables import BASELINE, Cell, Column, Table, with_baseline

_TITLE = "Effectiveness and cost"
_BEST = "Best values are bold."
_SYMBOLS = {"▲": r"\blacktriangle", "▼": r"\blacktriangledown", "≈": r"\approx", "≥": r"\geq"}
_BOX = r"\resizebox{\ifdim\width>\linewidth\linewidth\else\width\fi}{!}{%"


def to_latex(table: Table) -> str:
    """A ``table`` of the major columns, for booktabs, graphicx and amssymb.

    The caption says what marks mean and how they were tested; other notes are comments. Marks
    stand behind values, in a column of their own, so that digits stay below each other.
    """
    table = major_columns(table)
    marked = [table.has_marks(column) for column in table.columns]
    lines = [
        f"% {_made()}",
        r"% needs \usepackage{booktabs,graphicx,amssymb}",
        r"\begin{table}[t]",
        r"\centering",
        rf"\caption{{{latex(_caption(table))}}}",
        rf"\label{{tab:{_slug(table.caption) or 'comparison'}}}",
        r"\setlength{\tabcolsep}{4pt}",
        _BOX,
        rf"\begin{{tabular}}{{{''.join(map(_align, table.columns, marked))}}}",
        r"\toprule",
        _row(map(_heading, table.columns, marked)),
        r"\midrule",
    ]
    for row, cells in zip(table.rows, table.cells(), strict=True):
        lines.append(_row(with_baseline(list(map(_cell, cells, marked)), row, BASELINE)))
    lines += [r"\bottomrule", r"\end{tabular}}", r"\end{table}"]
    lines += [f"% {' '.join(note.split())}" for note in table.notes if note not in table.legend]
    return "\n".join(lines) + "\n"


def _made() -> str:
    """With what it was made: version and command, on one line."""
    made = provenance()
    command = " ".join(" ".join(made["command"]).split())
    return f"esplade {made['versions'].get('esplade', '')}: {command}"


def _caption(table: Table) -> str:
    best = [_BEST] if any(cell.best for row in table.cells() for cell in row) else []
    title = (table.caption or _TITLE).rstrip(".") + "."
    return " ".join([title, *table.legend, *best])


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def _align(column: Column, marked: bool) -> str:
    if marked:
        return "r@{}l"
    return "l" if column.digits is None else "r"


def _heading(column: Column, marked: bool) -> str:
    text = latex(column.label)
    return rf"\multicolumn{{2}}{{c}}{{{text}}}" if marked else text


def _row(cells: Sequence[str] | map[str]) -> str:
    return " & ".join(cells) + r" \\"


def _cell(cell: Cell, marked: bool) -> str:
    text = latex(cell.text)
    text = rf"\textbf{{{text}}}" if cell.best else text
    return f"{text} & {_mark(cell.mark)}" if marked else text


def _mark(mark: str) -> str:
    if not mark:
        return ""
    if mark[0] in _SYMBOLS:
        return f"$^{{{''.join(_SYMBOLS.get(one, latex(one)) for one in mark)}}}$"
    return rf"\textsuperscript{{{latex(mark)}}}"
