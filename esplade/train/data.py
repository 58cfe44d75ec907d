"""From data sets to what `encoders` trains on."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from esplade.datasets import load_dataset
from esplade.fields import settle_fields
from esplade.progress import say
from ground.errors import InputError
from harness.datasets import Dataset
from harness.datasets.contents import Contents
from harness.datasets.fields import USUAL

if TYPE_CHECKING:
    from encoders.finetuning.pairs import RankingData


class Documents(NamedTuple):
    """A data set, what of its documents is taken, and content by id of those that have any."""

    data: Dataset
    fields: str
    texts: dict[str, str]


def documents(
    spec: Any,
    fields: str | None,
    usual: str = USUAL,
    note: Callable[[str], None] = say,
) -> Documents:
    """Read a data set's documents; see `esplade.fields.settle_fields`.

    Raises:
        InputError: none has content under these fields.
    """
    data = load_dataset(spec)
    settled = settle_fields(data, fields, usual, note)
    return Documents(data, settled, contents(data, settled, note))


def contents(
    data: Dataset, fields: str, note: Callable[[str], None] = lambda text: None
) -> dict[str, str]:
    """Content by id of the documents that have any.

    Raises:
        InputError: none has.
    """
    found = Contents(data, fields)
    texts = {name: text for name, text in found if text}
    for sentence in found.notes():
        note(sentence)
    return texts


def answers(data: Dataset, split: str) -> dict[str, list[str]]:
    """Documents that are judged relevant, by query."""
    judgments = data.qrels(split)
    positive = judgments[judgments["relevance"] > 0]
    found: dict[str, list[str]] = {}
    for query, document in zip(positive["query_id"], positive["doc_id"], strict=True):
        found.setdefault(query, []).append(document)
    return found


def corpus_texts(spec: Any, corpus: Sequence[Path] | None, general: bool) -> Iterator[str]:
    """Lines of the given files, then the data set's general text if it is asked for."""
    from encoders.training.corpus import read_lines

    if general and spec is None:
        raise InputError("--general needs --dataset: it names whose general text to use.")
    own = load_dataset(spec).general_texts() if general and spec is not None else iter(())
    return chain(chain.from_iterable(map(read_lines, corpus or [])), own)


def ranking_data(
    data: Dataset,
    texts: Mapping[str, str],
    split: str,
    queries: Mapping[str, str] | None = None,
) -> RankingData:
    """Queries, documents and positive judgments of a split."""
    from encoders.finetuning.pairs import RankingData

    known = ((q, [d for d in found if d in texts]) for q, found in answers(data, split).items())
    relevant = {query: found for query, found in known if found}
    chosen = data.queries(split) if queries is None else queries
    chosen = {query: text for query, text in chosen.items() if query in relevant}
    return RankingData(chosen, texts, relevant)


def add_pairs(
    pairs: RankingData,
    data: Dataset,
    split: str,
    from_texts: bool,
    crops: bool,
    own_words: int,
    paragraphs: Iterator[str],
    limit: int,
    seed: int,
) -> RankingData:
    """Add the synthetic pairs that were asked for (see `encoders.finetuning.synthetic`)."""
    from encoders.finetuning.synthetic import with_synthetic

    if not (from_texts or crops or own_words or limit):
        return pairs
    texts = {d.id: d.text for d in data.docs()} if from_texts else None
    unseen = [other for other in data.splits if other != split]
    others = [data.queries(other) for other in unseen]
    held_out = {d for other in unseen for d in data.qrels(other)["doc_id"]}
    return with_synthetic(
        pairs,
        texts=texts,
        # What answers queries of another split is left alone, so that a test stays a test.
        cropped={d: c for d, c in pairs.documents.items() if d not in held_out} if crops else None,
        own_words=own_words,
        paragraphs=paragraphs,
        limit=limit,
        seed=seed,
        exclude={text for queries in others for text in queries.values()},
    )


def dev_data(
    data: Dataset, texts: Mapping[str, str], pool: int, most_queries: int, seed: int
) -> RankingData | None:
    """A pool to choose the best checkpoint on: dev answers and documents drawn at random."""
    from encoders.finetuning.pairs import RankingData

    if "dev" not in data.splits:
        return None
    rng = random.Random(seed)
    full = ranking_data(data, texts, "dev")
    names = sorted(full.queries)
    names = rng.sample(names, min(most_queries, len(names)))
    queries = {name: full.queries[name] for name in names}
    if pool and pool < len(texts):
        answers = {d for name in names for d in full.relevant[name]}
        others = sorted(texts.keys() - answers)
        extra = max(0, pool - len(answers))
        kept = answers | set(rng.sample(others, min(extra, len(others))))
        texts = {document: text for document, text in texts.items() if document in kept}
    return RankingData(queries, texts, full.relevant)
