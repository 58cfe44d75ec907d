"""A table in LaTeX."""

from __future__ import annotations

from harness.report.tables import BASELINE, Cell, Table, with_baseline

_LATEX_SPECIAL = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "–": "--",
        "≤": r"$\leq$",
        "±": r"$\pm$",
        **{c: "\\" + c for c in "&%$#_{}"},
    }
)
_LATEX_MARKS = {"▲": r"$^{\blacktriangle}$", "▼": r"$^{\blacktriangledown}$"}


def to_latex(table: Table) -> str:
    """A tabular for booktabs; marks are symbols of amssymb."""
    align = "".join("l" if column.digits is None else "r" for column in table.columns)
    lines = [
        "% needs \\usepackage{booktabs,amssymb}",
        f"\\begin{{tabular}}{{{align}}}",
        "\\toprule",
        " & ".join(_latex(column.label) for column in table.columns) + r" \\",
        "\\midrule",
    ]
    for row, cells in zip(table.rows, table.cells(), strict=True):
        texts = with_baseline([_latex_cell(cell) for cell in cells], row, BASELINE)
        lines.append(" & ".join(texts) + r" \\")
    lines += ["\\bottomrule", "\\end{tabular}"]
    lines += [f"% {note}" for note in (table.caption, *table.notes) if note]
    return "\n".join(lines) + "\n"


def _latex(text: str) -> str:
    return text.translate(_LATEX_SPECIAL)


def _latex_cell(cell: Cell) -> str:
    text = _latex(cell.text)
    if text.startswith("<0") or text == "<1":
        text = f"$<${text[1:]}"  # in TeX's oldest fonts, < is another character
    text = rf"\textbf{{{text}}}" if cell.best else text
    mark = _LATEX_MARKS.get(cell.mark, f"$^{{{_latex(cell.mark)}}}$" if cell.mark else "")
    return text + mark
