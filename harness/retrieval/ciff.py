"""Export to the Common Index File Format (Lin et al., arXiv 2003.08276), which PISA and BMP read.

A file is a Header, then a PostingsList for every term, then a DocRecord for every document: each
a Protocol Buffers message after its length. Document numbers in a list are gaps. A posting's
``tf`` is its impact, a document's length the sum of its impacts.
"""

from __future__ import annotations

import gzip
import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any, cast

import numpy as np
from numpy.typing import NDArray

from ground.artifacts import atomic_binary
from harness import __version__
from harness.lucene.impact_index import ImpactIndex

_VERSION = 1
_LISTS_POSTINGS = 1 << 21
"""Postings read and written together."""

# Protocol Buffers: a field's number and wire type (0 a number, 1 a double, 2 bytes) in one byte.
_NUMBER, _DOUBLE, _BYTES = 0, 1, 2
_POSTING = 4 << 3 | _BYTES


def export_ciff(
    index: ImpactIndex, out: Path, progress: Callable[[int], None] | None = None
) -> dict[str, Any]:
    """Write an impact index as one CIFF file; it appears whole or not at all.

    Args:
        index: an open index.
        out: the file; compressed if its name ends in ``.gz``.
        progress: called with the number of terms written since the last call.

    Returns:
        Counts: terms, documents, postings.
    """
    used = np.flatnonzero(index.document_frequency)
    lengths = np.zeros(index.num_docs, dtype=np.int64)
    with ExitStack() as stack:
        stream: IO[bytes] = stack.enter_context(atomic_binary(out))
        if out.suffix == ".gz":
            packed = gzip.GzipFile(filename="", fileobj=stream, mode="wb", mtime=0)
            stream = cast(IO[bytes], stack.enter_context(packed))
        total = int(index.manifest["impact_sum"])
        stream.write(_delimited(_header(len(used), index.num_docs, total)))
        for start, stop in _groups(index.document_frequency):
            stream.write(_lists(index, start, stop, lengths))
            if progress:
                progress(stop - start)
        stream.write(_documents(index.doc_ids, lengths))
    return {"terms": len(used), "documents": index.num_docs, "postings": index.nnz}


def _header(terms: int, documents: int, total: int) -> bytes:
    return b"".join(
        (
            _number(1, _VERSION),
            _number(2, terms),
            _number(3, documents),
            _number(4, terms),
            _number(5, documents),
            _number(6, total),
            bytes([7 << 3 | _DOUBLE]) + struct.pack("<d", total / max(1, documents)),
            _text(8, f"impact index, exported by esplade {__version__}"),
        )
    )


def _groups(frequency: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Runs of terms whose lists fit in memory together."""
    ends = np.cumsum(frequency)
    start = 0
    while start < len(frequency):
        limit = (ends[start - 1] if start else 0) + _LISTS_POSTINGS
        stop = max(start + 1, int(np.searchsorted(ends, limit, side="right")))
        yield start, stop
        start = stop


def _lists(index: ImpactIndex, start: int, stop: int, lengths: NDArray[np.int64]) -> bytes:
    """The PostingsList messages of ``terms[start:stop]``; adds to the documents' lengths."""
    starts, documents, impacts = index.postings(start, stop)
    lengths += np.bincount(documents, weights=impacts, minlength=len(lengths)).astype(np.int64)
    gaps = np.diff(documents, prepend=0)
    first = starts[:-1][np.diff(starts) > 0]
    gaps[first] = documents[first]
    blob, ends = _postings(gaps, impacts)
    view, cut = memoryview(blob), np.concatenate(([0], ends))[starts].tolist()
    sums = np.concatenate(([0], np.cumsum(impacts, dtype=np.int64)))[starts]
    parts: list[Any] = []
    for place, term in enumerate(index.terms[start:stop]):
        count = int(starts[place + 1] - starts[place])
        if count:
            head = _text(1, term) + _number(2, count)
            head += _number(3, int(sums[place + 1] - sums[place]))
            parts.append(_varint(len(head) + cut[place + 1] - cut[place]) + head)
            parts.append(view[cut[place] : cut[place + 1]])
    return b"".join(parts)


def _postings(
    gaps: NDArray[np.int32], impacts: NDArray[np.int32]
) -> tuple[bytes, NDArray[np.int64]]:
    """Posting messages (docid 1, tf 2) as fields of their list, and where each one ends."""
    gap_size, impact_size = _varint_sizes(gaps), _varint_sizes(impacts)
    sizes = gap_size + impact_size + 4
    ends = np.cumsum(sizes)
    out = np.empty(int(ends[-1]) if len(ends) else 0, dtype=np.uint8)
    at = ends - sizes
    out[at] = _POSTING
    out[at + 1] = sizes - 2
    out[at + 2] = 1 << 3 | _NUMBER
    _put_varints(out, at + 3, gaps, gap_size)
    at = at + 3 + gap_size
    out[at] = 2 << 3 | _NUMBER
    _put_varints(out, at + 1, impacts, impact_size)
    return out.tobytes(), ends


def _varint_sizes(values: NDArray[np.int32]) -> NDArray[np.int64]:
    sizes = np.ones(len(values), dtype=np.int64)
    for bits in (7, 14, 21, 28):
        sizes += values >> bits > 0
    return sizes


def _put_varints(
    out: NDArray[np.uint8],
    at: NDArray[np.int64],
    values: NDArray[np.int32],
    sizes: NDArray[np.int64],
) -> None:
    """Seven bits a byte, the lowest first; all but the last with the highest bit set."""
    for byte in range(int(sizes.max(initial=0))):
        longer = np.flatnonzero(sizes > byte)
        more = np.where(sizes[longer] > byte + 1, 0x80, 0)
        out[at[longer] + byte] = (values[longer] >> (7 * byte) & 0x7F) | more


def _documents(ids: Sequence[str], lengths: NDArray[np.int64]) -> bytes:
    return b"".join(
        _delimited(_number(1, number) + _text(2, name) + _number(3, length))
        for number, (name, length) in enumerate(zip(ids, lengths.tolist(), strict=True))
    )


def _delimited(message: bytes) -> bytes:
    return _varint(len(message)) + message


def _number(field: int, value: int) -> bytes:
    return bytes([field << 3 | _NUMBER]) + _varint(value)


def _text(field: int, value: str) -> bytes:
    encoded = value.encode()
    return bytes([field << 3 | _BYTES]) + _varint(len(encoded)) + encoded


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
