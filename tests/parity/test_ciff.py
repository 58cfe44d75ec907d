"""The Common Index File Format, read back with a decoder that knows nothing of the writer."""

from __future__ import annotations

import gzip
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from impact_vectors import random_vectors, vectors

from harness.lucene.impact_build import build_impact_index
from harness.retrieval.ciff import export_ciff
from harness.vectors.model import Vectors


def varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        value |= (data[at] & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if data[at - 1] < 0x80:
            return value, at


def fields(message: bytes) -> Iterator[tuple[int, Any]]:
    at = 0
    while at < len(message):
        key, at = varint(message, at)
        if key & 7 == 0:
            value, at = varint(message, at)
            yield key >> 3, value
        elif key & 7 == 1:
            yield key >> 3, struct.unpack_from("<d", message, at)[0]
            at += 8
        else:
            assert key & 7 == 2
            size, at = varint(message, at)
            yield key >> 3, message[at : at + size]
            at += size


def messages(data: bytes) -> Iterator[list[tuple[int, Any]]]:
    at = 0
    while at < len(data):
        size, at = varint(data, at)
        yield list(fields(data[at : at + size]))
        at += size


def check(data: bytes, documents: Vectors) -> None:
    read = messages(data)
    header = dict(next(read))
    sums = documents.matrix.sum(axis=1)
    used = np.diff(documents.matrix.tocsc().indptr) > 0
    assert [header[n] for n in range(1, 7)] == [
        *(1, used.sum(), len(documents.ids)),
        *(used.sum(), len(documents.ids), sums.sum()),
    ]
    assert header[7] == pytest.approx(sums.mean())
    assert header[8].startswith(b"impact index, exported by esplade")
    order = sorted(range(len(documents.ids)), key=lambda row: documents.ids[row])
    lists = documents.matrix[order].tocsc()
    for column in used.nonzero()[0]:
        message = next(read)
        head = dict(message[:3])
        span = slice(lists.indptr[column], lists.indptr[column + 1])
        assert head[1].decode() == documents.terms[column]
        assert (head[2], head[3]) == (span.stop - span.start, lists.data[span].sum())
        number, postings = 0, []
        for field, value in message[3:]:
            assert field == 4
            gap, impact = (v for _, v in fields(value))
            number += gap
            postings.append((number, impact))
        numbers, impacts = lists.indices[span].tolist(), lists.data[span].tolist()
        assert postings == list(zip(numbers, impacts, strict=True))
    for number, row in enumerate(order):
        record = dict(next(read))
        assert (record[1], record[2].decode()) == (number, documents.ids[row])
        assert record[3] == sums[row]
    assert next(read, None) is None


def test_round_trip(tmp_path: Path) -> None:
    documents = random_vectors(1, 700, 300, 30, 1 << 20, "d")
    with build_impact_index(documents, tmp_path / "i") as index:
        done: list[int] = []
        counts = export_ciff(index, tmp_path / "i.ciff", done.append)
        assert sum(done) == len(index.terms)
        assert counts == {"terms": 300, "documents": 700, "postings": documents.matrix.nnz}
        data = (tmp_path / "i.ciff").read_bytes()
        check(data, documents)
        export_ciff(index, tmp_path / "i.ciff.gz")
        assert gzip.decompress((tmp_path / "i.ciff.gz").read_bytes()) == data


def test_lists_in_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.retrieval.ciff._LISTS_POSTINGS", 100)
    documents = random_vectors(3, 200, 50, 10, 9, "d")
    with build_impact_index(documents, tmp_path / "i") as index:
        export_ciff(index, tmp_path / "i.ciff")
        check((tmp_path / "i.ciff").read_bytes(), documents)


def test_empty_documents_and_unused_terms(tmp_path: Path) -> None:
    documents = vectors({"a": {}, "é": {"검색": 3}}, ["unused", "검색"])
    with build_impact_index(documents, tmp_path / "i") as index:
        export_ciff(index, tmp_path / "i.ciff")
        check((tmp_path / "i.ciff").read_bytes(), documents)


def test_a_failed_export_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    documents = random_vectors(3, 200, 50, 10, 9, "d")
    (tmp_path / "i.ciff").write_text("earlier")
    with build_impact_index(documents, tmp_path / "i") as index:

        def failing(*_: object) -> bytes:
            raise OSError("no space")

        monkeypatch.setattr("harness.retrieval.ciff._documents", failing)
        with pytest.raises(OSError, match="no space"):
            export_ciff(index, tmp_path / "i.ciff")
    assert (tmp_path / "i.ciff").read_text() == "earlier"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["i", "i.ciff"]
