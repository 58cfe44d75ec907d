"""``esplade search``: queries against an index, to a TREC run with its costs beside it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from esplade.cli import options
from esplade.cli.dry import can_run_dry

if TYPE_CHECKING:
    from esplade.runs import Run


@can_run_dry
def search(
    index: Annotated[Path, typer.Option("--index", help="Index folder.")],
    queries: Annotated[
        Path | None,
        typer.Option(
            help="Query vectors; with --encoder or a BM25 index, text: JSON Lines of _id and text, "
            "lines of qid TAB text, or TREC topics."
        ),
    ] = None,
    dataset: options.OptionalDataset = None,
    split: options.Split = "test",
    text: Annotated[
        list[str] | None, typer.Option(help="A query to try; results are printed; repeatable.")
    ] = None,
    encoder: options.Encoder = None,
    device: options.Device = "auto",
    vectors: Annotated[
        Path | None,
        typer.Option(help="Check that the index was built from these document vectors."),
    ] = None,
    run: Annotated[Path | None, typer.Option(help="TREC run to write.")] = None,
    qk: options.Qk = 0,
    prune: options.Prune = None,
    quantise: options.QueryQuantise = None,
    k: options.Hits = 1000,
    rescore: options.Rescore = None,
    candidates: options.Candidates = None,
    algorithm: options.Algorithm = "auto",
    threads: options.Threads = 1,
    memory: Annotated[
        int | None,
        typer.Option(min=0, help="MB for decoded postings lists [half of Java's heap]."),
    ] = None,
    tag: Annotated[str, typer.Option(help="Name of the run.")] = "esplade",
    drop_self: options.DropSelf = False,
    online: options.Online = False,
    overwrite: options.Overwrite = False,
    as_json: options.AsJson = False,
) -> None:
    """Search an impact index or a BM25 index, exactly: top k, ties by document id.

    Beside RUN it leaves RUN.metadata.yaml (ir_metadata) and RUN.perquery.parquet (costs).
    """
    import esplade
    from esplade.cli.given import given_queries
    from ground.artifacts import check_file
    from ground.dry import note
    from ground.errors import InputError
    from harness.runs.metadata import metadata_path
    from harness.runs.perquery import sidecar_path

    if run is None and not text:
        raise InputError("Say where the results go: --run FILE (or try a query with --text).")
    if run is not None:
        companions = (metadata_path(run), sidecar_path(run))
        inputs = (index, queries, dataset, encoder, vectors, rescore)
        check_file(run, overwrite, inputs, companions)
        for path in (run, *companions):
            note(writes=path)
    if vectors is not None:
        _check_source(index, vectors)
    asked = given_queries(index, queries, dataset, text, encoder)
    with esplade.Index.open(index, memory=memory) as opened:
        found = opened.search(
            asked,
            k,
            encoder=encoder,
            device=device,
            split=split,
            qk=qk,
            prune=prune,
            quantise=quantise,
            algorithm=algorithm,
            threads=threads,
            tag=tag,
            drop_self=drop_self,
            online=online,
            rescore=rescore,
            candidates=candidates,
        )
    if run is not None:
        found.write(run, overwrite=overwrite)
    _show(found, run, index, bool(text), as_json)


def _check_source(index: Path, vectors: Path) -> None:
    from ground.artifacts import read_manifest
    from ground.errors import InputError
    from harness.lucene.impact_index import KIND
    from harness.vectors import read_vectors, vectors_digest

    if read_manifest(index, KIND).get("vectors_digest") != vectors_digest(read_vectors(vectors)):
        raise InputError(
            f"The index {index} was built from other vectors than {vectors}. Give the index of "
            f"these vectors, or build it with esplade index --overwrite."
        )


def _show(found: Run, run: Path | None, index: Path, show: bool, as_json: bool) -> None:
    from esplade.cli.console import answer
    from esplade.progress import say

    ranking, facts = found.ranking, found.cost()
    queries = facts["queries"]
    empty = sum(not len(documents) for _, documents, _ in ranking) + queries - len(ranking)
    summary: dict[str, Any] = {
        "queries": queries,
        "without_results": empty,
        "hits": len(ranking.doc_ids),
        "postings_per_query": facts["postings"]["mean"],
        "algorithm": facts["algorithm"],
    }
    if "lookups" in facts:
        summary["lookups_per_query"] = facts["lookups"]["mean"]
        summary["certified"] = facts["certified"]["queries"]
    if as_json:
        results = {q: list(zip(d.tolist(), s.tolist(), strict=True)) for q, d, s in ranking}
        answer(
            {"run": str(run) if run else None, **summary, **({"results": results} if show else {})}
        )
        return
    if show:
        for query, documents, scores in ranking:
            for rank, (document, score) in enumerate(zip(documents, scores, strict=True), 1):
                print(f"{query}\t{rank}\t{document}\t{score:g}")
    say(
        f"{run or index}: {summary['queries']:,} queries, {summary['hits']:,} results, "
        f"{summary['postings_per_query']:,.0f} postings a query"
        + _second(summary)
        + (f"; {empty} queries without results." if empty else ".")
    )


def _second(summary: dict[str, Any]) -> str:
    """What a second step read, and for how many queries nothing can have been lost."""
    if "certified" not in summary:
        return ""
    return (
        f" and {summary['lookups_per_query']:,.0f} lookups, {summary['certified']:,} queries "
        f"certified to lose nothing"
    )
