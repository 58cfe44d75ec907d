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
        typer.Option(help="Encoder: a folder, or pydoc-tiny [pydoc-tiny]; repeatable."),
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
    format: Annotated[
        str | None, typer.Option(help="A table in md, csv, latex, html or json.")
    ] = None,
    as_json: options.AsJson = False,
) -> None:
    """Show the terms and weights that texts become, and what each pruning leaves of them.

    ``+`` marks terms that the text does not contain. With --dataset, examples of its queries and
    of the documents that answer them (the paper's Tables 1 and 2), encoders side by side.
    """
    from esplade.cli.compare import choose_format
    from esplade.cli.console import answer, show_table
    from esplade.inspecting import load_all, show_text, texts_by_side
    from harness.inspection.examples import expansion_table
    from harness.inspection.expansion import expansions
    from harness.sweep.grid import parse_grid

    chosen, points = choose_format(format, None), parse_grid(grid)
    loaded = load_all(encoder or ["pydoc-tiny"])
    given = texts_by_side(text, side, dataset, split, examples, (fields, loaded[0].fields))
    answers: list[dict[str, Any]] = []
    for number, (of, texts) in enumerate(given.items()):
        chosen_rules = [p.query if of == "query" else p.document for p in points]
        rules = list(dict.fromkeys(chosen_rules))
        found = {one.name: expansions(one, texts, of, k, rules) for one in loaded}
        if as_json:
            answers += [_facts(name, of, listed) for name, listed in found.items()]
        elif dataset or chosen:
            print(end="\n" if number else "")
            show_table(expansion_table(found, of, rules), chosen)
        else:
            for place in range(len(texts)):
                show_text({name: listed[place] for name, listed in found.items()}, of)
    if as_json:
        answer({"grid": grid, "inspected": answers})


def _facts(name: str, side: Side, found: Sequence[Expansion]) -> dict[str, Any]:
    return {"encoder": name, "side": side, "texts": [one.to_dict() for one in found]}
