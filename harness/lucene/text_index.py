"""BM25 over the same texts, with Lucene's analyzer of their language: the budget line.

Fields, norms, analysis, query and scores are those of Anserini's BM25 baseline (k1 0.9, b 0.4).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ground.artifacts import building, check_free
from ground.halves import mended
from harness.lucene.analyzers import find_analyzer
from harness.lucene.building import check_ids, feed, read_back
from harness.lucene.index import LuceneIndex, lucene_version
from harness.lucene.jvm import java_path, kernel, lucene_errors
from harness.lucene.packing import Reader, pack_strings
from harness.lucene.results import QueryBatch, SearchResult
from harness.lucene.statistics import TermStatistics
from harness.lucene.tables import Tables, write_tables

KIND = "text index"
K1, B = 0.9, 0.4

_BATCH_CHARACTERS = 1 << 22
_BATCH_DOCUMENTS = 1 << 16


class TextIndex(LuceneIndex):
    """An open text index; see `open_text_index`.

    Attributes:
        analyzer_name: full name of the analyzer's class.
    """

    kind = KIND

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.analyzer_name, self._analyzer = find_analyzer(str(self.manifest["analyzer"]))

    def search(
        self,
        queries: Mapping[str, str],
        k: int = 1000,
        threads: int = 1,
        tag: str = "bm25",
        k1: float = K1,
        b: float = B,
    ) -> SearchResult:
        """The k best documents of every query by BM25, ties by document id.

        A term that a query repeats counts as often, as in Anserini's bag of words.

        Args:
            queries: query id to text.
            k: results per query.
            threads: that search.
            tag: name of the run.
            k1: saturation of term frequency.
            b: how much the length of a document counts, 0 to 1.

        Raises:
            InputError: ``k`` or ``threads`` below 1.
            LuceneError: Lucene failed.
        """
        k = self._possible(k, threads)
        batch = self.analyze(queries)
        hits = self._hits(self._searcher(k, threads, k1, b), batch, k)
        return self._result(batch, hits, hits.scores.astype(np.float64), tag, "lucene")

    def latency(
        self,
        queries: Mapping[str, str],
        k: int = 1000,
        repeats: int = 5,
        k1: float = K1,
        b: float = B,
    ) -> NDArray[np.float64]:
        """Seconds per query inside Lucene, analysis of the text left out, one thread.

        A first pass is run and discarded.

        Returns:
            float64, shape (repeats, queries).
        """
        k = self._possible(k)
        batch = self.analyze(queries)
        search = self._searcher(k, 1, k1, b)
        passes = [self._hits(search, batch, k).seconds for _ in range(repeats + 1)]
        return np.stack(passes)[1:]

    def analyze(self, queries: Mapping[str, str]) -> QueryBatch:
        """Queries as bags of the index's terms; other terms are left out and counted."""
        with lucene_errors("Analysing the queries"):
            packed = kernel("Analysis").count(self._analyzer, pack_strings(_texts(queries)))
        reader = Reader(packed.tostring())
        terms = reader.strings()
        indptr = reader.array(len(queries) + 1, "<i4").astype(np.int64)
        columns, counts = (reader.array(int(indptr[-1]), "<i4") for _ in range(2))
        places = np.fromiter((self.columns.get(t, -1) for t in terms), np.int64, len(terms))
        known = places >= 0
        kept = known[columns]
        return QueryBatch(
            list(queries),
            [term for term, is_known in zip(terms, known.tolist(), strict=True) if is_known],
            self.max_impact[places[known]],
            np.concatenate(([0], np.cumsum(kept)))[indptr].astype(np.int64),
            (np.cumsum(known) - 1)[columns[kept]].astype(np.int32),
            counts[kept],
            int(len(columns) - kept.sum()),
        )

    def documents_with_terms(self) -> int:
        """Documents that hold a term; BM25 counts no others."""
        with lucene_errors(f"Reading the index {self.path}"):
            return int(self._index.documentsWithTerms())

    def _searcher(self, k: int, threads: int, k1: float, b: float) -> Callable[[bytes], Any]:
        return lambda queries: self._index.searchBm25(queries, k, threads, k1, b)


def open_text_index(path: Path) -> TextIndex:
    """Open a finished text index.

    Raises:
        InputError: the folder is not one of ours, is unfinished, or its files are missing,
            damaged, or disagree with its manifest; its analyzer is not on the class path; no
            suitable Java.
    """
    return TextIndex(path)


def build_text_index(
    documents: Iterable[tuple[str, str]],
    out: Path,
    *,
    language: str | None,
    key: str | None = None,
    facts: Callable[[], Mapping[str, Any]] = dict,
    overwrite: bool = False,
    memory_mb: int = 256,
    progress: Callable[[int], None] | None = None,
) -> TextIndex:
    """Build a Lucene index of texts for BM25, check it, and open it.

    Documents without a term are indexed too.

    Args:
        documents: (id, text), in any order.
        out: the index folder; it appears whole or not at all.
        language: whose analyzer (see `harness.lucene.analyzers.find_analyzer`).
        key: digest of inputs and configuration, for the manifest.
        facts: what else the manifest records; called once the documents are read.
        overwrite: replace a finished text index.
        memory_mb: postings that Lucene holds in memory before it writes them, in MB.
        progress: called with the number of documents indexed since the last call.

    Raises:
        InputError: no documents, an unusable or repeated id, an unknown language; ``out`` is
            not free.
        LuceneError: Lucene failed; a full disk is an `OutputError`.
        IntegrityError: the index does not hold these documents. Nothing is left then.
    """
    check_free(out, KIND, overwrite)
    # Before the documents are read: a language without an analyzer is known at once.
    name, analyzer = find_analyzer(language)
    texts = sorted(documents, key=lambda document: document[0])
    ids = [name for name, _ in texts]
    check_ids(ids)
    with building(out, KIND, key=key, overwrite=overwrite) as build:
        folder = java_path(build.path)

        def indexer() -> Any:
            return kernel("TextIndexer")(folder, float(memory_mb), analyzer)

        feed(indexer, _batches(texts), out, progress)
        found = read_back(build.path, out, ids)
        tables = Tables(ids, found.terms, found.document_frequency, found.max_impact)
        recorded = write_tables(build.path, tables)
        build.facts = {
            **facts(),
            **recorded,
            "language": language,
            "analyzer": name,
            **_facts(ids, found),
        }
    return open_text_index(out)


def _batches(texts: list[tuple[str, str]]) -> Iterator[tuple[int, bytes]]:
    """Packed documents, some megabytes at a time."""
    batch: list[tuple[str, str]] = []
    size = 0
    for document in texts:
        batch.append(document)
        size += len(document[1])
        if size >= _BATCH_CHARACTERS or len(batch) >= _BATCH_DOCUMENTS:
            yield len(batch), _pack(batch)
            batch, size = [], 0
    if batch:
        yield len(batch), _pack(batch)


def _pack(batch: list[tuple[str, str]]) -> bytes:
    names = pack_strings([name for name, _ in batch])
    return names + pack_strings([mended(text) for _, text in batch])


def _texts(queries: Mapping[str, str]) -> list[str]:
    return [mended(text) for text in queries.values()]


def _facts(ids: list[str], statistics: TermStatistics) -> dict[str, Any]:
    return {
        "documents": len(ids),
        "terms": len(statistics.terms),
        "postings": int(statistics.document_frequency.sum()),
        "impact_sum": int(statistics.impact_sum.sum()),
        "lucene": lucene_version(),
    }
