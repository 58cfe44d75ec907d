"""``esplade quantisation``: what quantisers lose on given vectors."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from esplade.cli import options

if TYPE_CHECKING:
    from harness.report.tables import Table
    from harness.retrieval.quantisation_loss import QuantisationLoss


def quantisation(
    vectors: Annotated[Path, typer.Option(help="Document vectors with float weights.")],
    queries: Annotated[Path, typer.Option(help="Query vectors with float weights.")],
    quantise: Annotated[
        list[str] | None,
        typer.Option(
            "--quantize", "--quantise", help="scale:S or bits:N[:RANGE]; repeatable [a ladder]."
        ),
    ] = None,
    dk: Annotated[int, typer.Option(min=0, help="Largest number of terms a document keeps.")] = 0,
    qk: Annotated[int, typer.Option(min=0, help="Largest number of terms a query keeps.")] = 0,
    sample: Annotated[
        int, typer.Option(min=0, help="Queries to compare, drawn at random; 0 for all.")
    ] = 200,
    seed: Annotated[int, typer.Option(help="Decides the sample.")] = 42,
    format: Annotated[
        str | None, typer.Option(help="md, csv, latex, html or json, instead of a table.")
    ] = None,
    as_json: options.AsJson = False,
) -> None:
    """Show what each quantisation loses: weights, correlation of scores, overlap of the top 10.

    Float and integer rankings are found by brute force over the same pruned vectors.
    """
    import esplade
    from esplade.cli.compare import choose_format
    from esplade.cli.console import answer, show_table
    from esplade.quantisation import LADDER

    chosen = choose_format(format, None)
    losses = esplade.quantisation_loss(
        vectors, queries, quantise or LADDER, dk=dk, qk=qk, sample=sample, seed=seed
    )
    if as_json:
        answer({"vectors": str(vectors), "losses": [loss.to_dict() for loss in losses]})
    else:
        show_table(_table(losses), chosen)


def _table(losses: list[QuantisationLoss]) -> Table:
    from harness.report.tables import Column, Row, Table

    columns = (
        Column("quantise", "quantisation"),
        Column("largest", "largest impact", 0),
        Column("zeroed", "zeroed %", 2),
        Column("clipped", "clipped %", 2),
        Column("emptied", "emptied docs", 0),
        Column("query_zeroed", "query zeroed %", 2),
        Column("correlation", "correlation", 4),
        Column("overlap", "overlap@10", 3),
        Column("first", "same first", 3),
        Column("bound", "score bound", 0),
    )
    rows = [
        Row(
            {
                "quantise": loss.quantise,
                "largest": loss.documents.max_impact,
                "zeroed": 100 * loss.documents.zeroed / max(1, loss.documents.weights),
                "clipped": 100 * loss.documents.clipped / max(1, loss.documents.weights),
                "emptied": loss.documents.emptied,
                "query_zeroed": 100 * loss.queries.zeroed / max(1, loss.queries.weights),
                "correlation": loss.correlation,
                "overlap": loss.overlap,
                "first": loss.first,
                "bound": loss.largest_score,
            }
        )
        for loss in losses
    ]
    notes = [
        f"Against the ranking by float weights, means over {losses[0].queries_compared:,} queries: "
        f"correlation of scores over its 1,000 best documents, share of its 10 best that stay."
    ]
    inexact = [loss.quantise for loss in losses if not loss.exact]
    if inexact:
        notes.append(
            f"Scores may reach 2^24 with {', '.join(inexact)}: a search refuses such queries."
        )
    return Table(columns, tuple(rows), notes=tuple(notes))
