"""What ``esplade inspect`` reads and how a terminal shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ground.errors import InputError
from ground.halves import mended

if TYPE_CHECKING:
    from esplade.folder_encoder import FolderEncoder
    from harness.inspection.expansion import Expansion, Side

_BAR = 24
_SHORT: dict[str, str] = {"query": "qk", "doc": "dk"}


def load_all(specs: Sequence[str]) -> list[FolderEncoder]:
    """Load encoders; of two folders with one name both go by their paths."""
    from esplade.folder_encoder import FolderEncoder
    from esplade.loading import encoder_folder

    names = [encoder_folder(spec).resolve().name for spec in specs]
    return [
        FolderEncoder(encoder_folder(spec), name if names.count(name) == 1 else spec)
        for spec, name in zip(specs, names, strict=True)
    ]


def texts_by_side(
    texts: Sequence[str] | None,
    side: str | None,
    dataset: str | None,
    split: str,
    examples: int,
    fields: tuple[str | None, str],
) -> dict[Side, list[str]]:
    """The texts to encode as queries and as documents.

    Args:
        texts: given on the command line.
        side: query, doc, or None for what there is.
        dataset: whose examples.
        split: of the data set.
        examples: how many.
        fields: of documents: those asked for, if any, and the encoder's own.

    Raises:
        InputError: no text, or both texts and a data set, or a side that does not exist.
    """
    from esplade.fields import settle_fields
    from harness.datasets import load_dataset
    from harness.inspection.examples import draw_apart, draw_examples

    if side not in (None, "query", "doc"):
        raise InputError(f"--side {side!r} is neither query nor doc.")
    if bool(texts) == bool(dataset):
        raise InputError('Give texts in quotes, or --dataset D for examples: inspect "a text".')
    if not dataset:
        return {"doc" if side == "doc" else "query": [mended(text) for text in texts or ()]}
    data = load_dataset(dataset)
    settled = settle_fields(data, *fields)
    if data.splits:
        drawn = draw_examples(data, split, examples, settled)
        queries, documents = [e.query for e in drawn], [e.document for e in drawn]
    else:
        queries, documents = draw_apart(data, examples, settled)
    found: dict[Side, list[str]] = {"query": queries, "doc": documents}
    return {of: listed for of, listed in found.items() if listed and side in (None, of)}


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
