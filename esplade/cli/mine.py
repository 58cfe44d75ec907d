"""``esplade mine``: hard negatives for fine-tuning, from BM25 or an encoder."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from esplade.cli import options

if TYPE_CHECKING:
    from harness.datasets import Dataset
    from harness.retrieval.mining import Answers


def mine(
    dataset: options.Dataset,
    out: Annotated[Path, typer.Option("--out", help="JSON Lines file to write.")],
    encoder: Annotated[
        str | None, typer.Option(help="Search with this encoder: a folder, or pydoc-tiny.")
    ] = None,
    bm25: Annotated[bool, typer.Option("--bm25", help="Search with BM25.")] = False,
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
            help="Also write the encoder's scores, of answers too: it becomes a teacher for "
            "finetune --distillation.",
        ),
    ] = False,
    fields: options.OptionalFields = None,
    language: options.Language = None,
    threads: options.Threads = 1,
    overwrite: options.Overwrite = False,
    as_json: options.AsJson = False,
) -> None:
    """Search a split's queries, and keep what is found but answers nothing.

    Left out are documents that are judged relevant, those of the same content, and empty ones.
    The file goes to esplade finetune --negatives. A killed encoding goes on where it was.
    """
    from esplade.cli.console import answer, say
    from esplade.cli.fields import settle_fields, trained_fields
    from esplade.cli.queries import QuerySource, search_index
    from ground.artifacts import check_file, clear_work, work_folder
    from ground.errors import InputError
    from harness.datasets import load_dataset
    from harness.retrieval.mining import hard_negatives, write_negatives

    if (encoder is not None) == bm25:
        raise InputError("Say what to search with: --bm25, or --encoder DIR.")
    if scores and encoder is None:
        raise InputError("--scores are those of an encoder: give --encoder DIR, not --bm25.")
    if not overwrite:
        clear_work(out)
    check_file(out, overwrite, [dataset, encoder, index])
    data = load_dataset(dataset)
    fields = settle_fields(data, fields, trained_fields([encoder] if encoder else ()))
    answers = _answers(data, split, fields)
    with work_folder(out, keep=encoder is not None) as work:
        place = index or _build(data, work, encoder, fields, language)
        outcome, _ = search_index(
            place,
            QuerySource(dataset=dataset, split=split),
            encoder=encoder,
            k=depth + skip_top + answers.most(),
            threads=threads,
        )
        ranked = ((query, documents.tolist()) for query, documents, _ in outcome.run)
        found = hard_negatives(ranked, answers, depth=depth, skip_top=skip_top)
        taught = None
        if scores and encoder is not None:
            # Vectors that lie there beside a given index are of an earlier, killed run.
            vectors = work / "vectors" if index is None else None
            taught = _teacher_scores(vectors, encoder, data, split, found, answers)
        write_negatives(out, found, answers.relevant, taught)
    counts = {"queries": len(found), "negatives": sum(map(len, found.values()))}
    if as_json:
        answer({"out": str(out), **counts})
    else:
        say(f"{out}: {counts['negatives']:,} hard negatives of {counts['queries']:,} queries.")


def _teacher_scores(
    vectors: Path | None,
    encoder: str,
    data: Dataset,
    split: str,
    negatives: Mapping[str, list[str]],
    answers: Answers,
) -> dict[str, dict[str, float]]:
    """Scores of negatives and answers by the vectors as they were encoded, unquantised."""
    from esplade.cli.loading import LoadedEncoder, encoder_folder
    from harness.encoding.parts import encode_texts
    from harness.retrieval.mining import teacher_scores
    from harness.vectors import read_vectors

    loaded = LoadedEncoder(encoder_folder(encoder))
    texts = {q: text for q, text in data.queries(split).items() if q in negatives}
    wanted = {q: [*answers.relevant.get(q, ()), *negatives[q]] for q in texts}
    if vectors is not None:
        documents = read_vectors(vectors)
    else:
        needed = {
            d: answers.contents[d]
            for d in sorted({*chain(*wanted.values())})
            if d in answers.contents
        }
        documents = encode_texts(loaded, needed, "doc")
    return teacher_scores(encode_texts(loaded, texts, "query"), documents, wanted)


def _answers(data: Dataset, split: str, fields: str) -> Answers:
    from esplade.cli.console import say
    from esplade.cli.training import answers, contents
    from harness.retrieval.mining import Answers

    relevant = {query: set(found) for query, found in answers(data, split).items()}
    return Answers(contents(data, fields, say), relevant)


def _build(
    data: Dataset, work: Path, encoder: str | None, fields: str, language: str | None
) -> Path:
    """An index in the work folder, of text, or of vectors that are encoded there first."""
    from esplade.cli.analyzing import analyzer_language
    from esplade.cli.console import progress
    from harness.datasets.contents import Contents
    from harness.lucene.text_index import build_text_index
    from harness.retrieval.indexing import IndexSettings, index_vectors
    from harness.vectors import read_vectors

    place = work / "index"
    if encoder is None:
        texts = Contents(data, fields)
        chosen = analyzer_language(language, data)
        with progress("Indexing") as advance:
            build_text_index(texts, place, language=chosen, overwrite=True, progress=advance)
        return place
    documents = read_vectors(_encode(data, work, encoder, fields))
    with progress("Indexing", len(documents.ids)) as advance:
        index_vectors(documents, place, IndexSettings(), overwrite=True, progress=advance)
    return place


def _encode(data: Dataset, work: Path, encoder: str, fields: str) -> Path:
    from esplade.cli.console import progress, say
    from esplade.cli.loading import LoadedEncoder, encoder_folder
    from ground.artifacts import digest, is_complete
    from harness.encoding.parts import encode_part, encoding_notes, part_facts
    from harness.vectors import KIND, vectors_facts

    loaded = LoadedEncoder(encoder_folder(encoder))
    vectors = work / "vectors"
    key = digest(part_facts(loaded, data, "docs", fields, "train"))
    if not is_complete(vectors, KIND, key):
        with progress("Encoding docs") as advance:
            encode_part(
                loaded, data, "docs", vectors, fields=fields, overwrite=True, progress=advance
            )
        for note in encoding_notes(vectors_facts(vectors)):
            say(note)
    return vectors
