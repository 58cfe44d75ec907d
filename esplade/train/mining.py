"""Hard negatives for fine-tuning, and a teacher's scores, from BM25 or an encoder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ground.dry import planned
from ground.errors import InputError

if TYPE_CHECKING:
    from harness.datasets import Dataset
    from harness.retrieval.mining import Answers


def mine(
    dataset: Any,
    out: str | Path,
    *,
    encoder: Any = None,
    bm25: bool = False,
    teacher: str | Path | Sequence[str | Path] = (),
    index: str | Path | None = None,
    split: str = "train",
    depth: int = 50,
    skip_top: int = 0,
    scores: bool = False,
    fields: str | None = None,
    language: str | None = None,
    threads: int = 1,
    device: str = "auto",
    overwrite: bool = False,
    online: bool = False,
) -> dict[str, list[str]]:
    """Search a split's queries, and keep what is found but answers nothing.

    Left out are documents that are judged relevant, those of the same content, and empty ones. A
    killed encoding goes on where it was.

    Args:
        dataset: see `esplade.load_dataset`.
        out: JSON Lines file to write, for `finetune`.
        encoder: search with this encoder; see `esplade.Encoder`.
        bm25: search with BM25.
        teacher: search with these by brute force: folders of dense sentence-transformers models,
            or "bm25" (over whole words); the scores of several are added.
        index: an index of these documents, if there is one.
        split: whose queries.
        depth: most negatives a query.
        skip_top: drop so many of the best, often answers that nobody judged.
        scores: also write the scores, of answers too, of the encoder or the teachers, for
            `finetune` to learn.
        fields: what of a document.
        language: Lucene's analyzer for BM25.
        threads: that search.
        device: where the encoder computes: auto (a GPU if there is one), cpu, cuda, cuda:N or mps.
        overwrite: replace the file.
        online: an encoder of the hub may be downloaded.

    Returns:
        Ids of negatives by query.

    Raises:
        InputError: nothing to search with, or several things; ``out`` is not free.

    Example:
        >>> import esplade
        >>> from esplade import train
        >>> titles = {"d1": "sort a list", "d2": "sort a file", "d3": "open a file"}
        >>> qrels = {"train": {"q1": {"d1": 1}}}
        >>> dataset = esplade.Dataset.from_dicts(titles, {"q1": "sort"}, qrels, language="en")
        >>> train.mine(dataset, "negatives.jsonl", bm25=True)
        {'q1': ['d2']}
    """
    from esplade.datasets import load_dataset
    from esplade.devices import check_asked
    from esplade.encoder import Encoder, trained_fields
    from esplade.fields import settle_fields
    from esplade.indexes import Index
    from esplade.loading import fetch
    from esplade.train.brute_force import mined_by_teachers
    from ground.artifacts import check_file, clear_work, work_folder
    from harness.retrieval.mining import hard_negatives, write_negatives

    place = Path(out)
    taught = [teacher] if isinstance(teacher, str | Path) else list(teacher)
    check_asked(device, encoder is not None or bool(taught))
    if [encoder is not None, bm25, bool(taught)].count(True) != 1:
        raise InputError("Say what to search with: --bm25, --encoder DIR or --teacher DIR.")
    if scores and bm25:
        raise InputError(
            "--scores are those of an encoder or of teachers: give --encoder DIR or --teacher "
            "bm25, not --bm25."
        )
    if index is not None and taught:
        raise InputError("--teacher searches by brute force: leave --index out.")
    if not overwrite:
        clear_work(place)
    named = [one for one in (dataset, encoder, index, *taught) if isinstance(one, str | Path)]
    check_file(place, overwrite, named)
    fetch(encoder, online)
    data = load_dataset(dataset)
    fields = settle_fields(data, fields, trained_fields([] if encoder is None else [encoder]))
    if encoder is not None:
        # Loaded once for documents, queries and scores.
        encoder = Encoder.load(encoder, device=device)
    answers = _answers(data, split, fields)
    planned(
        counts={"documents": len(answers.contents), "queries": len(data.queries(split))},
        writes=place,
        unknown="How many negatives are found.",
    )
    if taught:
        found, known = mined_by_teachers(taught, data, split, answers, depth, skip_top, device)
        write_negatives(place, found, answers.relevant, known if scores else None)
        return {query: list(ids) for query, ids in found.items()}
    with work_folder(place, keep=encoder is not None) as work:
        searched = Path(index) if index else _build(data, work, encoder, fields, language)
        with Index.open(searched) as opened:
            k = depth + skip_top + answers.most()
            run = opened.search(data, k, encoder=encoder, split=split, threads=threads)
        ranked = ((query, documents.tolist()) for query, documents, _ in run.ranking)
        found = hard_negatives(ranked, answers, depth=depth, skip_top=skip_top)
        given: dict[str, dict[str, float]] | None = None
        if scores:
            # Vectors that lie there beside a given index are of an earlier, killed run.
            vectors = work / "vectors" if index is None else None
            given = _teacher_scores(vectors, encoder, data, split, found, answers)
        write_negatives(place, found, answers.relevant, given)
    return {query: list(ids) for query, ids in found.items()}


def _teacher_scores(
    vectors: Path | None,
    encoder: Any,
    data: Dataset,
    split: str,
    negatives: Mapping[str, list[str]],
    answers: Answers,
) -> dict[str, dict[str, float]]:
    """Scores of negatives and answers by the vectors as they were encoded, unquantised."""
    from esplade.encoder import Encoder
    from harness.encoding.parts import encode_texts
    from harness.retrieval.mining import teacher_scores
    from harness.vectors import read_vectors

    loaded = Encoder.load(encoder).text_encoder
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
    from esplade.progress import say
    from esplade.train.data import answers, contents
    from harness.retrieval.mining import Answers

    relevant = {query: set(found) for query, found in answers(data, split).items()}
    return Answers(contents(data, fields, say), relevant)


def _build(data: Dataset, work: Path, encoder: Any, fields: str, language: str | None) -> Path:
    """An index in the work folder, of text, or of vectors that are encoded there first."""
    from esplade.analyzing import analyzer_language
    from esplade.encoder import Encoder
    from esplade.encoding import encode_once
    from esplade.progress import progress
    from harness.datasets.contents import Contents
    from harness.lucene.text_index import build_text_index
    from harness.retrieval.indexing import IndexSettings, index_vectors
    from harness.vectors import read_vectors

    place = work / "index"
    if encoder is None:
        texts = Contents(data, fields)
        chosen = analyzer_language(language, data)
        with progress("Indexing") as advance:
            build_text_index(
                texts, place, language=chosen, overwrite=True, progress=advance
            ).close()
        return place
    vectors = work / "vectors"
    encode_once(Encoder.load(encoder).text_encoder, data, "docs", vectors, fields, "train")
    documents = read_vectors(vectors)
    with progress("Indexing", len(documents.ids)) as advance:
        index_vectors(documents, place, IndexSettings(), overwrite=True, progress=advance).close()
    return place
