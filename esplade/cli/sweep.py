"""``esplade sweep``: the pruning grid, next to BM25, as a table and the figure."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from esplade.cli import completing, options
from esplade.cli.dry import can_run_dry

if TYPE_CHECKING:
    from esplade.sweeps import Sweep


@can_run_dry
def sweep(
    dataset: options.Dataset,
    out: options.Out,
    encoder: Annotated[
        list[str] | None,
        typer.Option(help=f"{options.ENCODER}; repeatable.", autocompletion=completing.encoders),
    ] = None,
    vectors: Annotated[
        Path | None, typer.Option(help="Document vectors instead of an encoder.")
    ] = None,
    queries: Annotated[Path | None, typer.Option(help="Query vectors, with --vectors.")] = None,
    name: Annotated[str, typer.Option(help="What to call --vectors in the table.")] = "vectors",
    grid: Annotated[
        str, typer.Option(help="Points: qk:dk (0 is not pruned) or QUERYRULE/DOCRULE.")
    ] = "0:0,7:20,5:20,5:10",
    split: options.Split = "test",
    fields: options.OptionalFields = None,
    quantise: options.Quantise = "scale:100",
    k: options.Hits = 1000,
    algorithm: options.Algorithm = "auto",
    measures: options.Measures = options.MEASURES,
    bm25: Annotated[bool, typer.Option(help="BM25 over the same text as the budget line.")] = True,
    bm25_impacts: Annotated[
        bool, typer.Option(help="BM25's weights as impacts, too, by the same algorithm.")
    ] = False,
    language: options.Language = None,
    threads: options.Threads = 1,
    drop_self: options.DropSelf = False,
    device: options.Device = "auto",
    online: options.Online = False,
    overwrite: options.Overwrite = False,
    as_json: options.AsJson = False,
) -> None:
    """Encode once, index once per dk, search and score every (qk, dk); print the table.

    Started again after a kill, it goes on where it was. The folder then holds the runs, the
    per-query values, the table (md, csv, json, tex), figure1 (png, svg) and report.html.
    """
    import esplade

    found = esplade.sweep(
        dataset,
        encoder,
        grid,
        out,
        vectors=vectors,
        queries=queries,
        name=name,
        split=split,
        fields=fields,
        quantise=quantise,
        k=k,
        algorithm=algorithm,
        measures=measures,
        bm25=bm25,
        bm25_impacts=bm25_impacts,
        language=language,
        threads=threads,
        drop_self=drop_self,
        device=device,
        overwrite=overwrite,
        online=online,
    )
    show_sweep(found, as_json)


def show_sweep(sweep: Sweep, as_json: bool) -> None:
    """Print a sweep's table."""
    from esplade.progress import say
    from harness.report.renderings import RENDERERS, print_table

    table = sweep.rendered
    if as_json:
        print(RENDERERS["json"](table))
        return
    print_table(table)
    say(f"Figure: {sweep.path / 'figure1.png'} (and .svg); report: {sweep.path / 'report.html'}")
