"""``esplade report``: one page about results, to look at, send and publish from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from esplade.cli import options


def report(
    what: Annotated[
        list[str],
        typer.Argument(help="Folders of sweeps or studies, TREC runs.", metavar="RESULT..."),
    ],
    out: Annotated[
        Path | None, typer.Option(help="The page, NAME.html [the sweep's own report.html].")
    ] = None,
    dataset: options.OptionalDataset = None,
    qrels: Annotated[
        Path | None, typer.Option(help="Judgments alone; the page has then no texts.")
    ] = None,
    split: options.Split = "test",
    fields: options.OptionalFields = None,
    measures: Annotated[
        str | None, typer.Option(help="Measures [those that sweeps have stored].")
    ] = None,
    baseline: Annotated[
        str | None,
        typer.Option(help="What to test against [BM25 if there is one, else the first]."),
    ] = None,
    title: Annotated[str, typer.Option(help="Heading of the page.")] = "",
    overwrite: options.Overwrite = False,
    as_json: options.AsJson = False,
) -> None:
    """Write one page about sweeps, studies and runs: summary, plot, table, queries, provenance.

    It is one file that loads nothing. Beside it, in NAME.data, is what stands behind every query,
    as Parquet files; `esplade serve` opens a page with all of it.
    """
    import esplade
    from esplade.cli.console import answer
    from esplade.progress import say
    from esplade.scoring import expand_runs

    sources = [p for s in what for p in ([Path(s)] if Path(s).is_dir() else expand_runs([s]))]
    page = esplade.report(
        sources,
        out,
        dataset=dataset,
        qrels=qrels,
        split=split,
        fields=fields,
        measures=measures,
        baseline=baseline,
        title=title,
        overwrite=overwrite,
    )
    say(f"Page: {page} ({page.stat().st_size / 1e6:.2f} MB)")
    if as_json:
        answer({"page": str(page)})
