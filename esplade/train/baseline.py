"""What BM25 does on the same ground: the figures that those of a training are read against."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from encoders.finetuning.pairs import RankingData


def bm25_in_pool(pool: RankingData) -> float:
    """RR@10 of BM25 over whole words on a dev pool, in the way in which encoders are ranked there.

    A small pool flatters whatever is ranked in it, so that a figure says little by itself.
    """
    from encoders.finetuning.ranking import Best
    from encoders.teaching.lexical import Bm25Teacher

    names = [query for query in pool.queries if pool.relevant.get(query)]
    documents = sorted(pool.documents)
    teacher = Bm25Teacher([pool.documents[name] for name in documents])
    best = Best(teacher.queries([pool.queries[name] for name in names]))
    best.add(teacher.documents([pool.documents[name] for name in documents]), 0)
    number = {name: place for place, name in enumerate(documents)}
    relevant = [{number[d] for d in pool.relevant[q] if d in number} for q in names]
    return best.mean_reciprocal_rank(relevant)


def bm25_postings(data: Any, fields: str, split: str) -> float:
    """Postings that BM25 reads for a query of a split, on average, in all of the collection.

    Lucene's BM25 with the analyzer of the data set's language.

    Raises:
        InputError: the data set has no such queries, or no analyzer fits its language.
    """
    from esplade.indexing import bm25

    with TemporaryDirectory(prefix="esplade-") as folder:
        index = bm25(data, Path(folder) / "index", fields=fields)
        with index:
            cost = index.search(data, 10, split=split).cost()
    return float(cost["postings"]["mean"])
