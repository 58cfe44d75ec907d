"""``esplade explain``: the score of a (query, document) pair, term by term."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from esplade.cli import options

if TYPE_CHECKING:
    from harness.retrieval.explaining import Explanation, Term


def explain(
    index: Annotated[Path, typer.Option("--index", help="Impact index.")],
    doc: Annotated[list[str], typer.Option("--doc", help="Document id; repeatable.")],
    query: Annotated[
        str | None, typer.Option(help="Id of the query, with --queries or --dataset.")
    ] = None,
    queries: Annotated[
        Path | None, typer.Option(help="Query vectors; with --encoder: text.")
    ] = None,
    dataset: options.OptionalDataset = None,
    split: options.Split = "test",
    text: Annotated[str | None, typer.Option(help="The query itself, with --encoder.")] = None,
    encoder: options.Encoder = None,
    device: options.Device = "auto",
    qk: options.Qk = 0,
    prune: options.Prune = None,
    quantise: options.QueryQuantise = None,
    k: options.Hits = 1000,
    everything: Annotated[
        bool, typer.Option("--all", help="Also list the document's other terms.")
    ] = False,
    online: options.Online = False,
    as_json: options.AsJson = False,
) -> None:
    """Show where a document's score comes from: shared terms, impacts, products, and the rank."""
    import esplade
    from esplade.cli.console import answer
    from esplade.cli.given import given_queries
    from ground.errors import InputError

    if (text is None) == (query is None):
        raise InputError("Give the query: --query ID with --queries or --dataset, or --text.")
    with esplade.Index.open(index) as opened:
        asked = given_queries(index, queries, dataset, [text] if text else None, encoder)
        found = opened.explain(
            asked,
            doc,
            query_id=query,
            encoder=encoder,
            device=device,
            split=split,
            qk=qk,
            prune=prune,
            quantise=quantise,
            k=k,
            online=online,
        )
    if as_json:
        answer({"index": str(index), "explanations": [one.to_dict() for one in found]})
        return
    for one in found:
        _print(one, everything)


def _print(one: Explanation, everything: bool) -> None:
    place = f"rank {one.rank:,}" if one.rank else f"not among the {one.k:,} best"
    print(f"{one.document} for {one.query}: score {one.score:,}, {place}\n")
    width = max([4, *(len(term.term) for term in one.shared + one.missing)])
    print(f"  {'term':<{width}} {'query':>7} {'doc':>7} {'product':>9} {'share':>7} {'df':>10}")
    for term in one.shared:
        share = f"{term.product / one.score:.1%}"
        print(f"{_line(term, width)} {term.product:>9,} {share:>7} {term.document_frequency:>10,}")
    for term in one.missing:
        frequency = f"{term.document_frequency:,}" if term.document_frequency else "unknown"
        print(f"{_line(term, width)} {'-':>9} {'':>7} {frequency:>10}")
    if everything:
        print("\n  other terms of the document:")
        print("  " + ", ".join(f"{term.term} {term.document:,}" for term in one.others))
    print()


def _line(term: Term, width: int) -> str:
    held = f"{term.document:,}" if term.document else "-"
    return f"  {term.term:<{width}} {term.query:>7,} {held:>7}"
