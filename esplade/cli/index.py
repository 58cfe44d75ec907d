"""``esplade index``: vectors become a Lucene impact index, or text a BM25 index."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from esplade.cli import options
from esplade.cli.dry import can_run_dry

_OF_IMPACTS = (
    "dk",
    "prune",
    "quantise",
    "pruned",
    "quantisation",
    "zero_weights",
    "empty_documents",
)
_OF_TEXT = ("language", "analyzer", "fields", "contents")


@can_run_dry
def index(
    index: Annotated[Path, typer.Option("--index", help="Index folder to write.")],
    vectors: Annotated[
        Path | None, typer.Option(help="Document vectors: a folder, .jsonl or .jsonl.gz.")
    ] = None,
    dk: Annotated[int, typer.Option(min=0, help="Largest number of terms a document keeps.")] = 0,
    prune: options.Prune = None,
    quantise: options.Quantise = "scale:100",
    bm25: Annotated[bool, typer.Option("--bm25", help="Index text for BM25 instead.")] = False,
    dataset: options.OptionalDataset = None,
    fields: options.Fields = None,
    language: options.Language = None,
    memory: Annotated[
        int, typer.Option(min=16, help="MB for documents on their way to Lucene.")
    ] = 1024,
    overwrite: options.Overwrite = False,
    as_json: options.AsJson = False,
) -> None:
    """Build a Lucene index that stock Pyserini reads: of impact vectors, or of text for BM25.

    The index is checked against the vectors after it is built: documents, non-zeros, weights.
    """
    import esplade
    from esplade.cli.console import answer
    from esplade.progress import say
    from ground.errors import InputError

    if bm25 != (vectors is None) or bm25 != (dataset is not None):
        raise InputError("Give either --vectors PATH, or --bm25 with --dataset D.")
    if vectors is not None:
        built = esplade.index(
            vectors,
            index,
            dk=dk,
            prune=prune,
            quantise=quantise,
            memory=memory,
            overwrite=overwrite,
        )
        kept: tuple[str, ...] = _OF_IMPACTS
    else:
        built = esplade.bm25(dataset, index, fields=fields, language=language, overwrite=overwrite)
        kept = _OF_TEXT
    counts = {"documents": built.documents, "postings": built.postings, "bytes": built.bytes}
    facts = counts | {name: built.manifest.get(name) for name in kept}
    if as_json:
        answer({"index": str(index), **facts})
    else:
        say(f"{index}: " + ", ".join(f"{v:,} {k}" for k, v in _shown(facts)))


def _shown(facts: dict[str, Any]) -> list[tuple[str, int]]:
    lost = facts.get("quantisation", {})
    counts = [
        ("documents", facts["documents"]),
        ("postings", facts["postings"]),
        ("bytes", facts["bytes"]),
        ("weights pruned", facts.get("pruned", 0)),
        ("rounded to 0", lost.get("zeroed", 0)),
        ("clipped", lost.get("clipped", 0)),
        ("zero weights in the source", facts.get("zero_weights", 0)),
        ("documents without terms", facts.get("empty_documents", 0)),
    ]
    return [(name, count) for name, count in counts if count or name in ("documents", "postings")]
