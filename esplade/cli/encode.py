"""``esplade encode``: a data set's documents or queries become impact vectors."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from esplade.cli import completing, options
from esplade.cli.dry import can_run_dry


@can_run_dry
def encode(
    encoder: Annotated[
        str, typer.Option(help=f"{options.ENCODER}.", autocompletion=completing.encoders)
    ],
    dataset: options.Dataset,
    out: options.Out,
    part: Annotated[
        str,
        typer.Option(help="docs or queries.", autocompletion=completing.among("docs", "queries")),
    ] = "docs",
    split: options.Split = "test",
    fields: options.OptionalFields = None,
    workers: Annotated[
        str,
        typer.Option(
            help="Processes that encode; they share the processors. auto: one for each GPU, or "
            "a few on the CPU."
        ),
    ] = "1",
    device: options.Device = "auto",
    precision: Annotated[
        str,
        typer.Option(
            help="Of the computation: float32, bfloat16, float16, or int8 (on the CPU only)."
        ),
    ] = "float32",
    online: options.Online = False,
    overwrite: options.Overwrite = False,
    as_json: options.AsJson = False,
) -> None:
    """Encode documents or queries to JSON vectors (Pyserini's format), packed arrays beside them.

    A killed encoding goes on where it was when the same command is given again. Vectors do not
    depend on --workers, and on --device by 1e-4 at most, in float32. Other precisions are faster
    where they are made for, and change weights a little (docs/training-speed.md has
    measurements), so the vectors' manifest says which it was.
    """
    import esplade
    from esplade.cli.console import answer
    from esplade.progress import say
    from harness.vectors import vectors_facts

    esplade.encode(
        encoder,
        dataset,
        out,
        part=part,
        split=split,
        fields=fields,
        workers=workers,
        device=device,
        precision=precision,
        overwrite=overwrite,
        online=online,
    )
    facts = vectors_facts(out)
    shown = {name: facts[name] for name in ("rows", "terms", "nnz")}
    if as_json:
        more = {name: facts[name] for name in ("fields", "contents", "lengths")}
        answer({"out": str(Path(out)), **shown, **more})
    else:
        mean = shown["nnz"] / max(1, shown["rows"])
        say(f"{out}: {shown['rows']:,} vectors, {mean:.1f} terms each, of {shown['terms']:,}.")
