"""Documents turned into postings lists, part by part, and what their index must then hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from harness.lucene.packing import pack_array, pack_strings
from harness.lucene.statistics import TermStatistics

BYTES_PER_POSTING = 40
"""Memory that a part takes while it is inverted, handed over and written: measured, rounded up."""

_MOST_POSTINGS = 1 << 27
"""Of one part: its packed form must stay below 2 GB."""


class Inverter:
    """Inverts the parts of a collection and sums up what their index will hold.

    Args:
        terms: the columns, in code point order.
    """

    def __init__(self, terms: Sequence[str]) -> None:
        self._terms = terms
        self._documents = 0
        self.postings = 0
        self.empty_documents = 0
        self._frequency, self._sum, self._largest, self._moment = np.zeros(
            (4, len(terms)), dtype=np.int64
        )

    def invert(self, ids: Sequence[str], rows: sp.csr_array) -> bytes:
        """The next documents as the kernel's indexer takes them.

        Args:
            ids: one a row, in code point order, after those of earlier parts.
            rows: int32 impacts, (documents, terms).
        """
        lists = rows.tocsc()
        frequency = np.diff(lists.indptr).astype(np.int64)
        used = np.flatnonzero(frequency)
        self._add(lists, frequency, used)
        self._documents += len(ids)
        self.empty_documents += int(np.count_nonzero(np.diff(rows.indptr) == 0))
        self.postings += int(lists.nnz)
        starts = np.concatenate(([0], np.cumsum(frequency[used])))
        names = [self._terms[column] for column in used.tolist()]
        return b"".join(
            (
                pack_strings(ids),
                pack_strings(names),
                pack_array(starts),
                pack_array(lists.indices),
                pack_array(lists.data),
            )
        )

    def _add(
        self, lists: sp.csc_array, frequency: NDArray[np.int64], used: NDArray[np.int64]
    ) -> None:
        if not used.size:
            return
        starts = lists.indptr[:-1][used]
        impacts = lists.data.astype(np.int64)
        self._frequency += frequency
        self._sum[used] += np.add.reduceat(impacts, starts)
        largest = np.maximum.reduceat(impacts, starts)
        self._largest[used] = np.maximum(self._largest[used], largest)
        impacts *= lists.indices.astype(np.int64) + (self._documents + 1)
        self._moment[used] += np.add.reduceat(impacts, starts)

    def statistics(self) -> TermStatistics:
        """Of the documents so far."""
        used = np.flatnonzero(self._frequency)
        return TermStatistics(
            [self._terms[column] for column in used.tolist()],
            self._frequency[used],
            self._sum[used],
            self._largest[used],
            self._moment[used],
        )

    @property
    def tables(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Document frequency and largest impact of every term, unused ones included."""
        return self._frequency, self._largest


def parts(lengths: NDArray[np.int64], memory_mb: int, threads: int) -> Iterator[slice]:
    """Cut documents into parts, as large as memory allows.

    Args:
        lengths: postings of every document, in document order; an upper bound will do.
        memory_mb: what the parts in flight may take together, in MB.
        threads: parts that are written at a time, beside the one that is inverted.
    """
    room = (memory_mb << 20) // (BYTES_PER_POSTING * (threads + 1))
    ends = np.concatenate(([0], np.cumsum(lengths, dtype=np.int64)))
    if ends[-1] * BYTES_PER_POSTING <= memory_mb << 20:
        # One part needs no merge, and nothing else is in flight.
        room = int(ends[-1])
    room = min(max(room, 1), _MOST_POSTINGS)
    start = 0
    while start < len(lengths):
        stop = int(np.searchsorted(ends, ends[start] + room, side="right")) - 1
        stop = min(max(stop, start + 1), start + _MOST_POSTINGS // 16)
        yield slice(start, stop)
        start = stop
