"""What impact indexes and text indexes have in common: opening, checking, searching in batches."""

from __future__ import annotations

import builtins
import weakref
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from ground.artifacts import MANIFEST, read_manifest
from ground.errors import InputError
from harness.lucene.footers import check_footers
from harness.lucene.jvm import java_path, kernel, lucene_errors
from harness.lucene.results import Hits, QueryBatch, SearchResult, search_batch
from harness.lucene.tables import read_tables
from harness.runs.runfile import Run


class LuceneIndex:
    """An open index, read-only.

    Attributes:
        path: its folder.
        manifest: what it was built from, and how.
        doc_ids: document ids by Lucene's document number, in code point order.
        terms: in code point order; some may have no postings.
        document_frequency: (terms,) int64.
        max_impact: (terms,) int64, the largest impact (or term frequency) of each list.
    """

    kind: ClassVar[str]

    def __init__(self, path: Path) -> None:
        self.path = path
        self.manifest: dict[str, Any] = read_manifest(path, self.kind)
        check_footers(path)
        tables = read_tables(path, self.manifest)
        self.doc_ids = tables.doc_ids
        self.terms = tables.terms
        self.document_frequency = tables.document_frequency
        self.max_impact = tables.max_impact
        self._index = open_kernel_index(path)
        self._close = weakref.finalize(self, _close_quietly, self._index)
        self._close.atexit = False
        self._check_counts()

    @property
    def num_docs(self) -> int:
        """Number of documents, those without terms included."""
        return len(self.doc_ids)

    @property
    def nnz(self) -> int:
        """Number of postings."""
        return int(self.document_frequency.sum())

    @property
    def bytes(self) -> int:
        """Size of Lucene's files; ours beside them do not count."""
        return sum(f.stat().st_size for f in self.path.iterdir() if is_lucene_file(f))

    def check_integrity(self) -> None:
        """Compare the checksum of every Lucene file with its contents.

        Raises:
            LuceneError: a file is damaged.
        """
        with lucene_errors(f"Checking the index {self.path}"):
            self._index.checkIntegrity()

    def close(self) -> None:
        """Release the files."""
        self._close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @cached_property
    def columns(self) -> dict[str, int]:
        """Term to its place in ``terms``."""
        return {term: column for column, term in enumerate(self.terms)}

    def _check_counts(self) -> None:
        documents, segments, terms, postings, impact_sum = self._index.counts()
        of_lucene = {"documents": documents, "postings": postings, "impact_sum": impact_sum}
        of_tables = {
            "documents": self.num_docs,
            "postings": self.nnz,
            "impact_sum": self.manifest.get("impact_sum"),
        }
        recorded = {name: self.manifest.get(name) for name in of_lucene}
        used = int(np.count_nonzero(self.document_frequency))
        if of_lucene == of_tables == recorded and terms == used and segments == 1:
            return
        raise InputError(
            f"The index {self.path} is not what its {MANIFEST} says: Lucene's files hold "
            f"{documents:,} documents, {postings:,} postings and {terms:,} terms in {segments} "
            f"segments; recorded are {_count(recorded['documents'])} documents, "
            f"{_count(recorded['postings'])} postings and {used:,} terms in one. Something "
            f"changed its files; build it again with --overwrite."
        )

    def _possible(self, k: int, threads: int = 1) -> int:
        """As many results as there can be: room is made for that many, and no more."""
        if k < 1:
            raise InputError(f"k is {k}; ask for at least one result a query.")
        if threads < 1:
            raise InputError(f"threads is {threads}; at least one is needed.")
        return min(k, self.num_docs)

    def _hits(self, search: Callable[[builtins.bytes], Any], batch: QueryBatch, k: int) -> Hits:
        with lucene_errors(f"Searching the index {self.path}"):
            return search_batch(
                lambda queries: builtins.bytes(search(queries).tostring()), batch, k
            )

    def _result(
        self, batch: QueryBatch, hits: Hits, scores: NDArray[Any], tag: str, algorithm: str
    ) -> SearchResult:
        offsets = np.concatenate(([0], np.cumsum(hits.counts))).astype(np.int64)
        run = Run(batch.ids, offsets, self._names[hits.documents], scores, tag)
        return SearchResult(
            run,
            hits.seconds,
            algorithm,
            batch.unknown,
            self._postings(batch),
            np.diff(batch.indptr).astype(np.int64),
        )

    @cached_property
    def _names(self) -> NDArray[np.object_]:
        return np.asarray(self.doc_ids, dtype=object)

    def _postings(self, batch: QueryBatch) -> NDArray[np.int64]:
        return self._per_list(batch, 1)

    def _per_list(self, batch: QueryBatch, size: int) -> NDArray[np.int64]:
        """Groups of ``size`` postings in each query's lists; a list's last one may be smaller."""
        places = np.fromiter((self.columns[t] for t in batch.terms), np.int64, len(batch.terms))
        lengths = -(-self.document_frequency[places] // size)
        ends = np.concatenate(([0], np.cumsum(lengths[batch.columns])))[batch.indptr]
        return np.diff(ends).astype(np.int64)


def open_kernel_index(path: Path) -> Any:
    """Open Lucene's files of a folder.

    Raises:
        InputError: they are missing or damaged.
    """
    index = kernel("Index")
    from jnius import JavaException

    try:
        return index(java_path(path))
    except JavaException as error:
        raise InputError(
            f"The index {path} cannot be opened by Lucene ({error.classname}: "
            f"{error.innermessage}). Its files are missing, damaged or of another version of "
            f"Lucene; build it again with --overwrite."
        ) from None


def is_lucene_file(path: Path) -> bool:
    """Whether a file of an index folder is Lucene's, not ours."""
    return path.is_file() and path.name != MANIFEST and not path.name.startswith(".")


def lucene_version() -> str:
    """Version of the Lucene in use."""
    return str(kernel("Index").luceneVersion())


def _close_quietly(index: Any) -> None:
    from jnius import JavaException

    with suppress(JavaException):
        index.close()


def _count(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else "no"
