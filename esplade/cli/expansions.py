"""How a terminal shows what a text becomes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harness.inspection.expansion import Expansion, Side

_BAR = 24
_SHORT: dict[str, str] = {"query": "qk", "doc": "dk"}


def show_text(found: Mapping[str, Expansion], side: Side) -> None:
    """Print the terms of one text on a terminal, a table for each encoder."""
    from rich.console import Console

    console = Console()
    for name, expansion in found.items():
        console.print(_table(expansion, name, side))
        for line in _summary(expansion, side):
            console.print(line, markup=False, highlight=False)
        console.print()


def _table(expansion: Expansion, encoder: str, side: Side) -> Any:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    rules = [left for left in expansion.left if left.rule.steps]
    table = Table(title=Text(f"{expansion.text}  [{encoder}, {side}]"), box=box.SIMPLE_HEAD)
    table.title_justify = "left"
    table.add_column("term", overflow="fold")
    table.add_column("weight", justify="right")
    table.add_column("", width=_BAR)
    table.add_column("from")
    for left in rules:
        table.add_column(f"{_SHORT[side]} {left.rule.short}", justify="center")
    largest = max((term.weight for term in expansion.terms), default=1.0) or 1.0
    for term in expansion.terms:
        bar = "█" * round(_BAR * term.weight / largest)
        kept = ["●" if term.term in left.terms else "·" for left in rules]
        name = Text(term.term if term.own else f"+{term.term}", style="" if term.own else "green")
        origin = "text" if term.own else "expansion"
        table.add_row(name, f"{term.weight:.2f}", Text(bar, style="dim"), origin, *kept)
    return table


def _summary(expansion: Expansion, side: Side) -> list[str]:
    shown = "" if len(expansion.terms) == expansion.total else f" ({len(expansion.terms)} shown)"
    lines = [
        f"{expansion.total} terms{shown}: {expansion.own} of the text with "
        f"{expansion.own_share:.0%} of the weight, {expansion.total - expansion.own} by expansion."
    ]
    for left in expansion.left:
        if left.rule.steps:
            lines.append(
                f"{_SHORT[side]} {left.rule.short} leaves {len(left.terms)} terms with "
                f"{left.share:.0%} of the weight, {left.added} of them by expansion."
            )
    return lines
