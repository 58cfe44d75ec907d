"""What readers of vectors are known to lose: each document of a file is read, or its loss told."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from mutants import gzipped
from small_vectors import D0, D1, D2, refusals
from vector_readers import READ_BY_KERNEL, READERS, by_kernel

from ground.errors import IntegrityError
from harness.quantisation.quantiser import Quantiser
from harness.retrieval.indexing import IndexSettings, index_vectors
from harness.vectors import read_vectors
from harness.vectors.account import Account, check_account, count

MARK = b"\xef\xbb\xbf"


ROWS = b"".join(b'{"id":"d%d","vector":{"x":%d}}\n' % (i, i + 1) for i in range(2_000))


TWO = gzipped(ROWS, members=2)


FIRST = len(gzipped(ROWS[: len(ROWS) // 2]))


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (D0 + bytes(512) + D1 + D2, 2),
        (D0 + bytes(512) + b"\n" + D1, 2),
        (D0 + D1 + bytes(512), 3),
        (D0 + D1 + bytes(4096), 3),
        (bytes(512) + D0 + D1, 1),
        (D0[:-1] + b"\x00" + D1, 1),
        (D0 + b"\x00" + D1, 2),
        (D0 + D1[:-1] + b"\x00\n" + D2, 2),
        (D0 + b"\x0b\n" + D1, 2),
        (D0 + b"\x0c" + D1, 2),
        (D0 + b"\x1a", 2),
        (D0[:-1] + D1, 1),
        (D0[:-1] + b" " + D1, 1),
        (D0[:-1] + b"," + D1, 1),
        (D0[:-1] + b"\r" + D1, 1),
        (D0 + MARK + D1, 2),
        (MARK + MARK + D0, 1),
        (D0[:-1] + MARK + b"\n", 1),
        (D0 + b"\xa0\n", 2),
        (D0 + b"[" + D1[:-1] + b"]\n", 2),
        (D0 + D1[:-3] + b"\n" + D2, 2),
    ],
)
def test_documents_are_not_lost_between_lines(tmp_path: Path, data: bytes, line: int) -> None:
    (message,) = refusals(tmp_path / "v.jsonl", data)
    assert f"{tmp_path / 'v.jsonl'}, line {line}" in message
    (message,) = refusals(tmp_path / "v.jsonl.gz", gzipped(data, 3))
    assert f"{tmp_path / 'v.jsonl.gz'}, line {line}" in message


def test_a_mark_at_the_beginning_is_read_past(tmp_path: Path) -> None:
    for data in (MARK + D0, MARK + b"\n" + D0, MARK + b" " + D0[:-1]):
        for name, bytes_ in (("v.jsonl", data), ("v.jsonl.gz", gzipped(data, 20))):
            (tmp_path / name).write_bytes(bytes_)
            READ_BY_KERNEL.clear()
            for read in READERS:
                found = read(tmp_path / name)
                assert (found.ids, found.terms) == (["d0"], ["x"])
            assert READ_BY_KERNEL == [True]


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"\x1f",
        ROWS,
        TWO[:-1],
        TWO[:-9],
        TWO[: FIRST + 1],
        TWO[: FIRST + 2],
        TWO[: FIRST + 9],
        TWO[: FIRST + 100],
        TWO[:FIRST] + b"\x1e" + TWO[FIRST + 1 :],
        TWO[: FIRST + 1] + b"\x8c" + TWO[FIRST + 2 :],
        TWO[: FIRST + 2] + b"\x07" + TWO[FIRST + 3 :],
        TWO + b"\x00",
        TWO + bytes(512),
        TWO + b"\n",
        TWO + b"garbage",
        TWO[:FIRST] + bytes(512) + TWO[FIRST:],
        TWO[:FIRST] + D0 + TWO[FIRST:],
        TWO[:-8] + bytes([TWO[-8] ^ 1]) + TWO[-7:],
        TWO[:-4] + bytes([TWO[-4] ^ 1]) + TWO[-3:],
        TWO[: FIRST - 8] + bytes([TWO[FIRST - 8] ^ 1]) + TWO[FIRST - 7 :],
        TWO[: FIRST + 40] + bytes(200) + TWO[FIRST + 240 :],
    ],
)
def test_the_rest_of_a_gz_is_not_lost(tmp_path: Path, damaged: bytes) -> None:
    (message,) = refusals(tmp_path / "v.jsonl.gz", damaged)
    assert message.startswith(str(tmp_path / "v.jsonl.gz"))
    assert "again" in message  # copy it
    if damaged.startswith(TWO[:FIRST]):
        found = re.search(r"after line ([0-9]+)", message)
        assert found and 1_000 <= int(found[1]) < 2_001


def test_all_members_of_a_gz_are_read(tmp_path: Path) -> None:
    for members in (1, 2, 3, 500):
        (tmp_path / "v.jsonl.gz").write_bytes(gzipped(ROWS, members))
        READ_BY_KERNEL.clear()
        for read in READERS:
            found = read(tmp_path / "v.jsonl.gz")
            assert found.ids == [f"d{i}" for i in range(2_000)]
            size = (tmp_path / "v.jsonl.gz").stat().st_size
            assert found.account == Account(size, len(ROWS), 2_000, 0)
        assert READ_BY_KERNEL == [True]


@pytest.mark.slow
def test_the_account_of_an_index(tmp_path: Path) -> None:
    folder = tmp_path / "vectors"
    folder.mkdir()
    (folder / "1.jsonl").write_bytes(MARK + D0 + b"\n \t\r\n" + D1)
    (folder / "2.jsonl.gz").write_bytes(gzipped(D2 + b"\n", 2))
    sizes = sum(path.stat().st_size for path in folder.iterdir())
    text = len(MARK + D0 + b"\n \t\r\n" + D1 + D2 + b"\n")
    vectors = read_vectors(folder)
    assert vectors.account == Account(sizes, text, 3, 3, files=2)
    settings = IndexSettings(quantiser=Quantiser.parse("none"))
    with index_vectors(vectors, tmp_path / "index", settings) as index:
        assert index.manifest["source"] == {
            "bytes": sizes,
            "text_bytes": text,
            "documents": 3,
            "blank_lines": 3,
            "files": 2,
        }


def test_an_index_of_fewer_documents_than_were_counted(tmp_path: Path) -> None:
    from dataclasses import replace

    (tmp_path / "v.jsonl").write_bytes(D0 + D1)
    vectors = read_vectors(tmp_path / "v.jsonl")
    lying = replace(vectors, account=Account(60, 60, 3, 0))
    settings = IndexSettings(quantiser=Quantiser.parse("none"))
    with pytest.raises(IntegrityError, match="holds 2 documents.* gives 3"):
        index_vectors(lying, tmp_path / "index", settings)
    assert [path.name for path in tmp_path.iterdir()] == ["v.jsonl"]


@pytest.mark.parametrize(
    "lost",
    [Account(99, 58, 2, 0), Account(58, 57, 2, 0), Account(58, 58, 1, 0), Account(58, 58, 1, 1)],
)
def test_a_reader_that_loses_something_is_found_out(tmp_path: Path, lost: Account) -> None:
    path = tmp_path / "v.jsonl"
    path.write_bytes(D0 + D1)
    check_account(path, Account(58, 58, 2, 0), count(path))
    with pytest.raises(IntegrityError, match="v.jsonl was read as"):
        check_account(path, lost, count(path))


def test_a_file_that_grows_while_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "v.jsonl"
    path.write_bytes(D0)
    before = count(path)
    path.write_bytes(D0 + D1)
    for module, read in (("jsonl", read_vectors), ("json_reading", by_kernel)):
        place = "harness.vectors" if module == "jsonl" else "harness.lucene"
        monkeypatch.setattr(f"{place}.{module}.count", lambda *_: before)
        with pytest.raises(IntegrityError, match="2 documents.* counted, it is 1 documents"):
            read(path)


@pytest.mark.parametrize("size", [1, 3, 4, 5, 7, 8, 9])
def test_the_count_of_a_file(tmp_path: Path, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.vectors.account._CHUNK", 4)
    for text, documents, blank in (
        (b"", 0, 0),
        (b"x" * size, 1, 0),
        (b"x" * size + b"\n", 1, 0),
        (b" " * size, 0, 1),
        (b" " * size + b"x\n\n\r\nx", 2, 2),
        (b"\n" * size, 0, size),
        (b" \n" * size + b"x", 1, size),
    ):
        for data in (text, MARK + text):
            (tmp_path / "x").write_bytes(data)
            (tmp_path / "x.gz").write_bytes(gzip.compress(data, 1))
            for name in ("x", "x.gz"):
                found = count(tmp_path / name)
                disk = (tmp_path / name).stat().st_size
                assert found == Account(disk, len(data), documents, blank)
