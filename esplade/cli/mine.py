"""``esplade mine``: hard negatives for fine-tuning, from BM25, an encoder or teachers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from esplade.cli import completing, options
from esplade.cli.dry import can_run_dry


@can_run_dry
def mine(
    dataset: options.Dataset,
    out: Annotated[Path, typer.Option("--out", help="JSON Lines file to write.")],
    encoder: Annotated[
        str | None,
        typer.Option(
            help=f"To search with. {options.ENCODER}.", autocompletion=completing.encoders
        ),
    ] = None,
    bm25: Annotated[bool, typer.Option("--bm25", help="Search with BM25.")] = False,
    teacher: Annotated[
        list[str] | None,
        typer.Option(
            help="Search with this by brute force: the folder of a dense sentence-transformers "
            "model, or bm25; repeatable, their scores are added.",
            metavar="DIR",
        ),
    ] = None,
    index: Annotated[
        Path | None,
        typer.Option("--index", help="Index to search, if there is one of these documents."),
    ] = None,
    split: Annotated[str, typer.Option(help="Whose queries.")] = "train",
    depth: Annotated[int, typer.Option(min=1, help="Most negatives a query.")] = 50,
    skip_top: Annotated[
        int, typer.Option(min=0, help="Drop so many of the best, often answers nobody judged.")
    ] = 0,
    scores: Annotated[
        bool,
        typer.Option(
            "--scores",
            help="Also write the scores of the encoder or the teachers, of answers too, for "
            "finetune --distillation.",
        ),
    ] = False,
    fields: options.OptionalFields = None,
    language: options.Language = None,
    threads: options.Threads = 1,
    device: options.Device = "auto",
    online: options.Online = False,
    overwrite: options.Overwrite = False,
    as_json: options.AsJson = False,
) -> None:
    """Search a split's queries, and keep what is found but answers nothing.

    Left out are documents that are judged relevant, those of the same content, and empty ones.
    The file goes to esplade finetune --negatives. A killed encoding goes on where it was.
    """
    from esplade.cli.console import answer
    from esplade.progress import say
    from esplade.train import mine as search

    found = search(
        dataset,
        out,
        encoder=encoder,
        bm25=bm25,
        teacher=teacher or (),
        index=index,
        split=split,
        depth=depth,
        skip_top=skip_top,
        scores=scores,
        fields=fields,
        language=language,
        threads=threads,
        device=device,
        overwrite=overwrite,
        online=online,
    )
    counts = {"queries": len(found), "negatives": sum(map(len, found.values()))}
    if as_json:
        answer({"out": str(out), **counts})
    else:
        say(f"{out}: {counts['negatives']:,} hard negatives of {counts['queries']:,} queries.")
