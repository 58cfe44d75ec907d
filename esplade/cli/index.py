"""``esplade index``: vectors become a Lucene impact index, or text a BM25 index."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from esplade.cli import options

if TYPE_CHECKING:
    from harness.lucene.json_reading import JsonReading
    from harness.pruning import Rule


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
    from esplade.cli.console import answer, say
    from ground.errors import InputError

    if bm25 != (vectors is None) or bm25 != (dataset is not None):
        raise InputError("Give either --vectors PATH, or --bm25 with --dataset D.")
    if vectors is not None:
        from ground.artifacts import check_free
        from harness.lucene.json_reading import reading

        check_free(index, "impact index", overwrite, [vectors])
        with reading(vectors, index) as begun:
            rule = options.pruning_rule(prune, dk, "--dk")
            facts = _index_vectors(vectors, begun, index, rule, quantise, memory, overwrite)
    else:
        facts = _index_text(str(dataset), index, fields, language, overwrite)
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


def _index_vectors(
    path: Path,
    begun: JsonReading | None,
    out: Path,
    prune: Rule,
    quantise: str,
    memory_mb: int,
    overwrite: bool,
) -> dict[str, Any]:
    from esplade.cli.console import progress
    from harness.lucene.vector_reading import read_documents
    from harness.quantisation.quantiser import Quantiser
    from harness.retrieval.indexing import IndexSettings, index_vectors
    from harness.vectors import vectors_facts

    settings = IndexSettings(prune, Quantiser.parse(quantise))
    with progress("Reading vectors") as advance:
        documents = read_documents(path, begun, advance)
    facts = {"encoder": vectors_facts(path).get("encoder"), "vectors": str(path.resolve())}
    with progress("Indexing", len(documents.ids)) as advance:
        built = index_vectors(
            documents,
            out,
            settings,
            facts=facts,
            overwrite=overwrite,
            memory_mb=memory_mb,
            progress=advance,
        )
    kept = ("dk", "prune", "quantise", "pruned", "quantisation", "zero_weights", "empty_documents")
    counts = {"documents": built.num_docs, "postings": built.nnz, "bytes": built.bytes}
    return counts | {name: built.manifest[name] for name in kept}


def _index_text(
    spec: str, out: Path, asked: str | None, language: str | None, overwrite: bool
) -> dict[str, Any]:
    from esplade.cli.analyzing import analyzer_language
    from esplade.cli.console import progress, say
    from esplade.cli.fields import settle_fields
    from ground.artifacts import check_free
    from harness.datasets import load_dataset
    from harness.datasets.contents import Contents
    from harness.lucene.text_index import KIND, build_text_index
    from harness.runs.made import analyzer_note

    check_free(out, KIND, overwrite, [spec])
    data = load_dataset(spec)
    chosen = analyzer_language(language, data)
    fields = settle_fields(data, asked)
    texts = Contents(data, fields)
    subject = {"name": data.name, "digest": data.digest()}
    with progress("Indexing") as advance:
        built = build_text_index(
            texts,
            out,
            language=chosen,
            facts=lambda: {"dataset": subject, "fields": fields, "contents": texts.facts()},
            overwrite=overwrite,
            progress=advance,
        )
    for note in (*texts.notes(), analyzer_note(built.manifest)):
        if note:
            say(note)
    return {
        "documents": built.num_docs,
        "postings": built.nnz,
        "bytes": built.bytes,
        "language": chosen,
        "analyzer": built.analyzer_name,
        "fields": fields,
        "contents": texts.facts(),
    }
