"""Writing an index with the kernel: what impact and text indexes share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from ground.errors import InputError, IntegrityError
from harness.lucene.footers import remember_footers
from harness.lucene.index import open_kernel_index
from harness.lucene.jvm import LuceneError, lucene_errors
from harness.lucene.packing import Reader
from harness.lucene.statistics import TermStatistics, read_statistics

Progress = Callable[[int], None]
Batches = Iterable[tuple[int, bytes]]


def check_ids(ids: Sequence[str]) -> None:
    """Check that document ids can be written to an index and to a TREC run.

    Raises:
        InputError: there are none, or one is empty, repeated, with white space or not Unicode.
    """
    if not ids:
        raise InputError("The collection is empty: there is no document to index.")
    joined = "\n".join(ids)
    if len(joined.split()) != len(ids) or joined.split() != list(ids):
        bad = next(name for name in ids if name.split() != [name])
        raise InputError(
            f"The document id {bad!r} is empty or holds white space, and a TREC run separates its "
            f"columns by white space. Rename the document."
        )
    if len(set(ids)) != len(ids):
        twice = Counter(ids).most_common(1)[0][0]
        raise InputError(f"The document id {twice!r} is used twice. Ids must be unique.")
    try:
        joined.encode()
    except UnicodeEncodeError as error:
        bad = error.object[error.start : error.end]
        raise InputError(
            f"A document id holds {bad!r}, half of a character, which no file can store. "
            f"Mend the source of the collection."
        ) from None


def feed(make: Callable[[], Any], batches: Batches, out: Path, progress: Progress | None) -> None:
    """Write batches to a kernel indexer, and merge them to one segment.

    Args:
        make: makes the indexer.
        batches: (documents, packed documents), in document order.
        out: named in errors.
        progress: called with the number of documents of every batch.

    Raises:
        LuceneError: Lucene could not write (a full disk, for instance).
    """
    with lucene_errors(f"Building the index {out}"):
        indexer = make()
        with _aborted_on_error(indexer):
            for documents, packed in batches:
                indexer.add(packed)
                if progress:
                    progress(documents)
            indexer.finish()


def read_back(folder: Path, out: Path, doc_ids: list[str]) -> TermStatistics:
    """Open a new index, check its files and its documents, and return what its postings hold.

    Raises:
        IntegrityError: it is damaged, or does not hold these documents in one segment.
    """
    try:
        index = open_kernel_index(folder)
        with lucene_errors(f"Reading the new index {out}"):
            try:
                index.checkIntegrity()
                segments = index.counts()[1]
                found = Reader(index.ids().tostring()).strings()
                statistics = read_statistics(index)
            finally:
                index.close()
    except (InputError, LuceneError) as error:
        raise IntegrityError(str(error)) from error
    remember_footers(folder)
    if found != doc_ids or segments != 1:
        raise IntegrityError(
            f"The index {out} holds {len(found):,} documents in {segments} segments, where "
            f"{len(doc_ids):,} in one segment, in the order of their ids, were written."
        )
    return statistics


@contextmanager
def _aborted_on_error(indexer: Any) -> Iterator[None]:
    try:
        yield
    except BaseException:
        from jnius import JavaException

        with suppress(JavaException):  # the first error is the one that says why
            indexer.abort()
        raise
