"""What BM25 does on the same ground: the figures that those of a training are read against.

Lucene's BM25, with the analyzer of the data set's language.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from encoders.finetuning.pairs import RankingData
    from esplade.indexes import Index

_DEPTH = 10


def bm25_in_pool(pool: RankingData, language: str | None) -> float:
    """RR@10 of BM25 on a dev pool: a small pool flatters whatever is ranked in it.

    Raises:
        InputError: no analyzer fits the language.
    """
    from esplade.dataset import Dataset
    from esplade.scoring import score

    relevant = {q: [d for d in found if d in pool.documents] for q, found in pool.relevant.items()}
    judged = {q: dict.fromkeys(found, 1) for q, found in relevant.items() if found}
    queries = {query: text for query, text in pool.queries.items() if query in judged}
    judged = {query: judged[query] for query in queries}
    made = Dataset.from_dicts(dict(pool.documents), queries, {"dev": judged}, language=language)
    with _indexed(made, "title") as index:
        run = index.search(made, _DEPTH, split="dev")
    return score(run, made.qrels("dev"), ["RR@10"])["RR@10"]


def bm25_postings(data: Any, fields: str, split: str) -> float:
    """Postings that BM25 reads for a query of a split, on average, in all of the collection.

    Raises:
        InputError: the data set has no such queries, or no analyzer fits its language.
    """
    with _indexed(data, fields) as index:
        cost = index.search(data, _DEPTH, split=split).cost()
    return float(cost["postings"]["mean"])


@contextmanager
def _indexed(data: Any, fields: str) -> Iterator[Index]:
    """An index for BM25 that is gone afterwards."""
    from esplade.indexing import bm25
    from esplade.progress import quiet

    with TemporaryDirectory(prefix="esplade-") as folder, quiet():
        index = bm25(data, Path(folder) / "index", fields=fields)
        try:
            yield index
        finally:
            index.close()
