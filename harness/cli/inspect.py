"""``esplade inspect``: which terms a text becomes, and what each pruning leaves of them."""

from __future__ import annotations

from typing import Annotated

import typer

from harness.cli import options


def inspect(
    text: Annotated[list[str], typer.Argument(help="One or more texts.")],
    encoder: Annotated[str, typer.Option(help="Encoder: a folder, or pydoc-tiny.")] = "pydoc-tiny",
    side: Annotated[str, typer.Option(help="query or doc.")] = "query",
    k: Annotated[int, typer.Option("--k", min=0, help="Terms to show; 0 for all.")] = 20,
    as_json: options.AsJson = False,
) -> None:
    """Show the terms and weights that a text becomes; ``+`` marks those it does not contain."""
    from harness.cli.console import answer
    from harness.cli.loading import LoadedEncoder, encoder_folder
    from harness.errors import InputError
    from harness.expansion import expansions

    if side not in ("query", "doc"):
        raise InputError(f"--side {side!r} is neither query nor doc.")
    loaded = LoadedEncoder(encoder_folder(encoder))
    found = expansions(loaded, text, side, k)  # type: ignore[arg-type]
    if as_json:
        answer({"encoder": loaded.name, "side": side, "texts": [e.to_dict() for e in found]})
        return
    for one in found:
        print(f"{one.text}\n  {one.line()}\n  ({one.total} terms in all)")
