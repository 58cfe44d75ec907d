"""Vectors to Lucene impact indexes, and text to BM25 indexes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ground.dry import is_dry, note, planned

if TYPE_CHECKING:
    from esplade.indexes import Index
    from harness.pruning import Rule


def index(
    vectors: Any,
    index: str | Path,
    *,
    dk: int = 0,
    prune: str | Rule | None = None,
    quantise: str = "scale:100",
    memory: int = 1024,
    overwrite: bool = False,
) -> Index:
    """Build a Lucene impact index that stock Pyserini reads.

    It is checked against the vectors after it is built: documents, non-zeros, weights.

    Args:
        vectors: `esplade.Vectors`, a folder of vectors, or JSON Lines (.jsonl, .jsonl.gz).
        index: the folder to write.
        dk: largest number of terms that a document keeps; 0 keeps all.
        prune: another rule in its place, see `esplade.Vectors.prune`.
        quantise: ``scale:S``, ``bits:N[:RANGE]``, or ``none`` for integers.
        memory: MB for documents on their way to Lucene.
        overwrite: replace a finished index.

    Raises:
        InputError: vectors that cannot be used; the folder is not free.
        IntegrityError: the index does not hold what the vectors hold; nothing is left then.

    Example:
        >>> import esplade
        >>> vectors = esplade.Vectors.from_dicts({"d1": {"sort": 2.0, "a": 0.5}})
        >>> esplade.index(vectors, "index", dk=1).postings
        1
    """
    from esplade.rules import pruning_rule
    from esplade.vectors import Vectors
    from harness.quantisation.quantiser import Quantiser
    from harness.retrieval.indexing import IndexSettings

    out = Path(index)
    settings = IndexSettings(pruning_rule(prune, dk, "--dk"), Quantiser.parse(quantise))
    if isinstance(vectors, Vectors) and vectors.path is None:
        return _of_memory(vectors, out, settings, memory, overwrite)
    path = vectors.path if isinstance(vectors, Vectors) else Path(vectors)
    assert path is not None
    return _of_files(path, out, settings, memory, overwrite)


def bm25(
    dataset: Any,
    index: str | Path,
    *,
    fields: str | None = None,
    language: str | None = None,
    overwrite: bool = False,
) -> Index:
    """Build a Lucene index of a data set's text for BM25.

    Args:
        dataset: see `esplade.load_dataset`.
        index: the folder to write.
        fields: what of a document: title, text or title+text.
        language: Lucene's analyzer: en, ko, ...; "none" for words as they stand; by default the
            data set's own, or what its documents look like.
        overwrite: replace a finished index.

    Raises:
        InputError: there is no such analyzer; the folder is not free.

    Example:
        >>> import esplade
        >>> titles = {"d1": "sort a list", "d2": "read a file"}
        >>> dataset = esplade.Dataset.from_dicts(titles, {"q1": "sort"}, {"q1": {"d1": 1}})
        >>> index = esplade.bm25(dataset, "bm25", language="en")
        >>> list(index.search(["lists"]).to_dicts()["q1"])
        ['d1']
    """
    from esplade.analyzing import analyzer_language
    from esplade.datasets import load_dataset
    from esplade.fields import settle_fields
    from esplade.indexes import Index
    from esplade.progress import progress, say
    from ground.artifacts import check_free
    from harness.datasets.contents import Contents
    from harness.lucene.text_index import KIND, build_text_index
    from harness.runs.made import analyzer_note

    out = Path(index)
    check_free(out, KIND, overwrite, [dataset] if isinstance(dataset, str | Path) else [])
    data = load_dataset(dataset)
    chosen = analyzer_language(language, data)
    taken = settle_fields(data, fields)
    if is_dry():
        note(counts={"documents": sum(1 for _ in data.docs())})
    planned(writes=out)
    texts = Contents(data, taken)
    subject = {"name": data.name, "digest": data.digest()}
    with progress("Indexing") as advance:
        built = build_text_index(
            texts,
            out,
            language=chosen,
            facts=lambda: {"dataset": subject, "fields": taken, "contents": texts.facts()},
            overwrite=overwrite,
            progress=advance,
        )
    for sentence in (*texts.notes(), analyzer_note(built.manifest)):
        if sentence:
            say(sentence)
    return Index(out, built)


def _plan(vectors: Any, out: Path) -> None:
    """The seam of a dry run; what pruning and rounding leave is known afterwards only."""
    planned(
        counts={"vectors": len(vectors.ids), "weights": vectors.nnz},
        writes=out,
        unknown="How many weights pruning and quantisation leave, and how large the index is.",
    )


def _of_files(path: Path, out: Path, settings: Any, memory: int, overwrite: bool) -> Index:
    from esplade.indexes import Index
    from esplade.progress import progress
    from ground.artifacts import check_free
    from harness.lucene.json_reading import reading
    from harness.lucene.vector_reading import read_documents
    from harness.retrieval.indexing import index_vectors
    from harness.vectors import vectors_facts

    check_free(out, "impact index", overwrite, [path])
    if is_dry():
        from harness.vectors import read_vectors

        _plan(read_vectors(path), out)
    with reading(path, out) as begun:
        with progress("Reading vectors") as advance:
            documents = read_documents(path, begun, advance)
        known = vectors_facts(path)
        facts = {name: known.get(name) for name in ("encoder", "dataset")}
        facts["vectors"] = str(path.resolve())
        with progress("Indexing", len(documents.ids)) as advance:
            built = index_vectors(
                documents,
                out,
                settings,
                facts=facts,
                overwrite=overwrite,
                memory_mb=memory,
                progress=advance,
            )
    return Index(out, built)


def _of_memory(vectors: Any, out: Path, settings: Any, memory: int, overwrite: bool) -> Index:
    from esplade.indexes import Index
    from esplade.progress import progress
    from ground.artifacts import check_free
    from harness.retrieval.indexing import index_vectors

    check_free(out, "impact index", overwrite)
    _plan(vectors.packed, out)
    with progress("Indexing", len(vectors)) as advance:
        built = index_vectors(
            vectors.packed,
            out,
            settings,
            overwrite=overwrite,
            memory_mb=memory,
            progress=advance,
        )
    return Index(out, built)
