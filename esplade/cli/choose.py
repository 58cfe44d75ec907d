"""``esplade choose``: the cheapest configuration that is not worse, or the best for a budget."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from esplade.choices.choosing import DOCUMENT_RULES, QUERY_RULES
from esplade.cli import completing, options
from esplade.cli.dry import can_run_dry

if TYPE_CHECKING:
    from esplade.choices import Chosen


@can_run_dry
def choose(
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
    name: Annotated[str, typer.Option(help="What to call --vectors.")] = "vectors",
    not_worse_than: Annotated[
        str | None,
        typer.Option(
            help="What must not be lost against: bm25, SYSTEM@qk:dk, or a run file [bm25].",
            metavar="REFERENCE",
        ),
    ] = None,
    within: Annotated[
        str | None,
        typer.Option(
            help="The best for a cost a query instead: a number, or bm25 for what it costs.",
            metavar="COST",
        ),
    ] = None,
    margin: Annotated[
        float, typer.Option(help="By how much less effective counts as not worse.")
    ] = 0.01,
    measure: Annotated[str, typer.Option(help="Measure, as ir_measures names it.")] = "nDCG@10",
    cost: Annotated[str, typer.Option(help="postings, query_terms or latency_ms.")] = "postings",
    confidence: Annotated[float, typer.Option(help="That the margin is kept.")] = 0.95,
    query_rules: Annotated[
        str, typer.Option(help="Where the search begins: rules of queries, from mild to strict.")
    ] = QUERY_RULES,
    doc_rules: Annotated[str, typer.Option(help="The same of documents.")] = DOCUMENT_RULES,
    quantise: Annotated[
        str,
        typer.Option(
            "--quantize",
            "--quantise",
            help="scale:S, bits:N[:RANGE], or none for integers; several joined by commas.",
        ),
    ] = "scale:100",
    find: Annotated[
        str | None,
        typer.Option(help="Split to search on, such as dev [one half of --split]."),
    ] = None,
    split: options.Split = "test",
    seed: Annotated[int, typer.Option(help="Decides which queries are which half.")] = 42,
    minutes: Annotated[
        float | None, typer.Option(help="Begin nothing new after so many minutes.")
    ] = None,
    fields: options.OptionalFields = None,
    k: options.Hits = 100,
    algorithm: options.Algorithm = "auto",
    bm25: Annotated[bool, typer.Option(help="BM25 over the same text as the budget line.")] = True,
    language: options.Language = None,
    threads: options.Threads = 1,
    drop_self: options.DropSelf = False,
    device: options.Device = "auto",
    online: options.Online = False,
    overwrite: options.Overwrite = False,
    as_json: options.AsJson = False,
) -> None:
    """Find the cheapest configuration that is not worse, or the best that can be afforded.

    Configurations are searched through on one half of the queries, and what looks good is
    confirmed on the other, which nothing has looked at before. Started again after a kill, it
    goes on where it was. choice.md in the folder holds the answer, the front, and the commands
    that build it.
    """
    import esplade

    found = esplade.choose(
        dataset,
        encoder,
        out,
        not_worse_than=not_worse_than,
        within=within,
        margin=margin,
        measure=measure,
        cost=cost,
        confidence=confidence,
        query_rules=query_rules,
        doc_rules=doc_rules,
        quantise=quantise,
        find=find,
        split=split,
        seed=seed,
        minutes=minutes,
        vectors=vectors,
        queries=queries,
        name=name,
        fields=fields,
        k=k,
        algorithm=algorithm,
        bm25=bm25,
        language=language,
        threads=threads,
        drop_self=drop_self,
        device=device,
        overwrite=overwrite,
        online=online,
    )
    _show(found, as_json)


def _show(found: Chosen, as_json: bool) -> None:
    from esplade.progress import say
    from harness.report.renderings import print_table

    if as_json:
        print(json.dumps(found.to_dict(), ensure_ascii=False))
        return
    print(found.answer)
    print()
    print_table(found.rendered)
    for command in found.commands:
        print(command)
    say(f"All of it: {found.path / 'choice.md'}; runs: {found.path / 'finding'}, confirming")
