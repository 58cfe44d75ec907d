"""What readers of vectors are known to lose or to let pass, with its values."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import numpy as np
import pytest
from mutants import gzipped
from vector_readers import READ_BY_KERNEL, READERS, by_kernel

from ground.errors import InputError, IntegrityError
from harness.quantisation.quantiser import Quantiser
from harness.retrieval.indexing import IndexSettings, index_vectors
from harness.vectors import read_vectors
from harness.vectors.account import Account, check_account, count

D0, D1, D2 = (b'{"id":"d%d","vector":{"x":%d}}\n' % (i, i + 1) for i in range(3))
MARK = b"\xef\xbb\xbf"
ROWS = b"".join(b'{"id":"d%d","vector":{"x":%d}}\n' % (i, i + 1) for i in range(2_000))
TWO = gzipped(ROWS, members=2)
FIRST = len(gzipped(ROWS[: len(ROWS) // 2]))


def refusals(path: Path, data: bytes) -> set[str]:
    path.write_bytes(data)
    found = set()
    for read in READERS:
        with pytest.raises(InputError) as caught:
            read(path)
        found.add(str(caught.value))
    return found


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


@pytest.mark.parametrize(
    "line",
    [
        '{"id":"a","vector":{"x":3,"x" :5,"y":1}}',
        '{"id":"a","vector":{"x":3,"x"\t:5,"y":1}}',
        '{"id":"a","vector":{"x":3,"\\u0078":5,"y":1}}',
        '{"id":"a","vector":{"x:":3,"x\\u003a":5}}',
        '{"id":"a","vector":{"x":0,"x":0}}',
        '{"id":"a","id" :"b","vector":{"x":3}}',
        '{"id":"a","id":"a","vector":{"x":3}}',
        '{"id":"a","i\\u0064":"b","vector":{"x":3}}',
        '{"id":"a","vector":{"x":3},"vector" :{"y":3}}',
        '{"id":"a","vector":{"x":3},"vecto\\u0072":{"y":3}}',
        '{"id":"a","contents":"","contents" :"","vector":{"x":3}}',
        '{"id":"a","title":"","title" :"","vector":{"x":3}}',
        '{"id":"a","title":"","vector":{"x":3},"titl\\u0065":":"}',
        '{"id":"a","meta":{"k":1,"k" :2},"vector":{"x":3}}',
        '{"id":"a","meta":[{"k":1,"k" :2}],"vector":{"x":3}}',
    ],
)
def test_a_name_that_stands_twice(tmp_path: Path, line: str) -> None:
    (message,) = refusals(tmp_path / "v.jsonl", D0 + line.encode())
    assert f"{tmp_path / 'v.jsonl'}, line 2: the vector" in message
    assert " twice. " in message


@pytest.mark.slow
def test_a_name_that_stands_twice_with_many_between(tmp_path: Path) -> None:
    """More than the kernel and its parser remember."""
    many = ",".join(f'"w{i}":1' for i in range(300_000))
    (message,) = refusals(
        tmp_path / "v.jsonl", D0 + b'{"id":"a","vector":{"x":1,%s,"x":2}}' % many.encode()
    )
    assert f"{tmp_path / 'v.jsonl'}, line 2: the vector 'a' names 'x' twice" in message
    (tmp_path / "v.jsonl").write_text(f'{{"id":"a","vector":{{"x":1,{many},"y":2}}}}')
    READ_BY_KERNEL.clear()
    assert by_kernel(tmp_path / "v.jsonl").nnz == 300_002
    assert READ_BY_KERNEL == [True]


def test_colons_and_escapes_are_no_names_that_stand_twice(tmp_path: Path) -> None:
    line = r'{"id":"a:b","contents":"\": \\","t:":":","vector":{":":3,"\u003a:":5,"\"x\":":1}}'
    (tmp_path / "v.jsonl").write_text(line)
    READ_BY_KERNEL.clear()
    for read in READERS:
        assert read(tmp_path / "v.jsonl").terms == ['"x":', ":", "::"]
    assert READ_BY_KERNEL == [True]


@pytest.mark.parametrize(
    "number",
    [
        *(
            "-1e-400",
            "-1e-50",
            "-0.1e-500",
            "-1",
            "-5e-324",
            "1e400",
            "-1e400",
            "1e39",
            "1e999999999",
        ),
        *("16777216", "18446744073709551616", "9" * 400, "9" * 5_000, "-" + "9" * 5_000),
        *("NaN", "Infinity", "-Infinity", "nan", "01", "-01", "+1", ".5", "1.", "1e", "1e+", "0x1"),
        *("1_0", "1 0", "\u0661", "--1", "1e5.5", "true", "null", '"1"', "[1]", '{"a":1}', ""),
    ],
)
def test_numbers_that_are_no_weights(tmp_path: Path, number: str) -> None:
    line = f'{{"id":"a","vector":{{"x":3,"y":{number}}}}}'
    (message,) = refusals(tmp_path / "v.jsonl", D0 + line.encode() + b"\n" + D1)
    assert f"{tmp_path / 'v.jsonl'}, line 2" in message
    assert len(message) < 600


@pytest.mark.parametrize("weights", ["0.5", "3"])
def test_weights_that_are_zero_are_counted(tmp_path: Path, weights: str) -> None:
    zeros = [
        "0",
        "-0",
        "0.0",
        "-0.0",
        "-0e5",
        "-0.000E-3",
        "1e-50",
        "1e-320",
        "1e-400",
        "1e-999999",
    ]
    if weights == "3":
        zeros = ["0", "-0"]
    vector = ",".join(f'"t{i}":{zero}' for i, zero in enumerate(zeros))
    line = f'{{"id":"a","vector":{{"x":{weights},{vector}}}}}'
    (tmp_path / "v.jsonl").write_text(line)
    for read in READERS:
        found = read(tmp_path / "v.jsonl")
        assert (found.zeros, found.nnz) == (len(zeros), 1)
        assert found.is_integer == (weights == "3")


def test_floats_of_many_digits(tmp_path: Path) -> None:
    texts = ["0." + "3" * 5_000, "1" + "0" * 37 + ".5", "0.1000000014901161193847656250001"]
    texts += ["0.30000001192092896", "1234567890123456.7", "9007199254740993.0", "16777217.0"]
    vector = ",".join(f'"{i}":{text}' for i, text in enumerate(texts))
    (tmp_path / "v.jsonl").write_text(f'{{"id":"a","vector":{{{vector}}}}}')
    expected = np.array([float(text) for text in texts]).astype(np.float32)
    for read in READERS:
        np.testing.assert_array_equal(read(tmp_path / "v.jsonl").matrix.data, expected)


DEEP = 100_000


@pytest.mark.parametrize("begin", ["[", '{"a":'])
@pytest.mark.parametrize("end", ["]", "}", ""])
@pytest.mark.parametrize(
    "line",
    [
        '{"id":"a","vector":{"x":%s}}',
        '{"id":"a","vector":{},"y":%s}',
        '{"id":%s,"vector":{}}',
        "%s",
    ],
)
def test_nesting(tmp_path: Path, line: str, begin: str, end: str) -> None:
    nested = begin * DEEP + "1" + end * DEEP
    (message,) = refusals(tmp_path / "v.jsonl", D0 + (line % nested).encode())
    assert f"{tmp_path / 'v.jsonl'}, line 2" in message
    assert len(message) < 600


def test_ids_that_an_index_does_not_hold(tmp_path: Path) -> None:
    line = '{"id":"%s","vector":{"x":1}}'
    (tmp_path / "v.jsonl").write_text(line % ("a" * 32_766), encoding="utf-8")
    for read in READERS:
        assert len(read(tmp_path / "v.jsonl").ids[0]) == 32_766
    for name in ("a" * 32_767, "\u00e9" * 16_384, "\ud55c" * 10_923, "a" * 1_000_000):
        (message,) = refusals(tmp_path / "v.jsonl", D0 + (line % name).encode())
        assert f"{tmp_path / 'v.jsonl'}, line 2: the id" in message
        assert "at most 32,766" in message and len(message) < 600


def test_half_characters_and_other_bytes(tmp_path: Path) -> None:
    for bad in (rb"\ud83d", rb"\ude00", rb"\ude00\ud83d", b"\xff", b"\xed\xa0\x80", b"\xc0\xaf"):
        for line in (
            b'{"id":"%s","vector":{"x":1}}',
            b'{"id":"a","contents":"%s","vector":{"x":1}}',
            b'{"id":"a","title":"%s","vector":{"x":1}}',
            b'{"id":"a","%s":"","vector":{"x":1}}',
            b'{"id":"a","vector":{"%s":1}}',
        ):
            (message,) = refusals(tmp_path / "v.jsonl", D0 + line % bad)
            assert f"{tmp_path / 'v.jsonl'}, line 2" in message, (bad, line)


def test_a_pair_of_halves_is_the_character(tmp_path: Path) -> None:
    (tmp_path / "v.jsonl").write_text(
        '{"id":"\\ud83d\\ude00","contents":"\\ud83d\\ude00","vector":{"\\uD83D\\uDE00":1}}\n'
        '{"id":"b","vector":{"\U0001f600":2}}\n',
        encoding="utf-8",
    )
    for read in READERS:
        found = read(tmp_path / "v.jsonl")
        assert (found.ids, found.terms) == (["\U0001f600", "b"], ["\U0001f600"])


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
