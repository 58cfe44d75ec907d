"""``esplade inspect``: which terms a text becomes, and what each pruning leaves of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from esplade.cli import options

if TYPE_CHECKING:
    from harness.inspection.expansion import Expansion, Side

GRID = "0:0,7:20,5:20,5:10"


def inspect(
    text: Annotated[list[str] | None, typer.Argument(help="One or more texts.")] = None,
    encoder: Annotated[
        list[str] | None,
        typer.Option(help=f"{options.ENCODER} [pydoc-small]; repeatable."),
    ] = None,
    side: Annotated[
        str | None, typer.Option(help="query or doc [query; of a data set both].")
    ] = None,
    k: Annotated[int, typer.Option("--k", min=0, help="Terms to show; 0 for all.")] = 20,
    grid: Annotated[
        str, typer.Option(help="Prunings to show: qk:dk pairs, or rules with a slash.")
    ] = GRID,
    dataset: options.OptionalDataset = None,
    examples: Annotated[
        int, typer.Option(min=1, help="Queries of the data set to show, with their answers.")
    ] = 5,
    split: options.Split = "test",
    fields: options.OptionalFields = None,
    device: options.Device = "auto",
    format: Annotated[
        str | None, typer.Option(help="A table in md, csv, latex, html or json.")
    ] = None,
    online: options.Online = False,
    as_json: options.AsJson = False,
) -> None:
    """Show the terms and weights that texts become, and what each pruning leaves of them.

    ``+`` marks terms that the text does not contain. With --dataset, examples of its queries and
    of the documents that answer them (the paper's Tables 1 and 2), encoders side by side.
    """
    import esplade
    from esplade.cli.compare import choose_format
    from esplade.cli.console import answer, show_table
    from esplade.cli.expansions import show_text
    from harness.inspection.examples import expansion_table

    chosen = choose_format(format, None)
    found = esplade.inspect(
        text,
        encoder or ["pydoc-small"],
        side=side,
        k=k,
        grid=grid,
        dataset=dataset,
        examples=examples,
        split=split,
        fields=fields,
        device=device,
        online=online,
    )
    if as_json:
        facts = [_facts(n, one.side, e) for one in found for n, e in one.by_encoder.items()]
        answer({"grid": grid, "inspected": facts})
        return
    for number, one in enumerate(found):
        if dataset or chosen:
            print(end="\n" if number else "")
            show_table(expansion_table(one.by_encoder, one.side, one.rules), chosen)
            continue
        for place in range(len(next(iter(one.by_encoder.values())))):
            show_text({name: texts[place] for name, texts in one.by_encoder.items()}, one.side)


def _facts(name: str, side: Side, found: Sequence[Expansion]) -> dict[str, Any]:
    return {"encoder": name, "side": side, "texts": [one.to_dict() for one in found]}
