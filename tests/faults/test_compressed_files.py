"""Compressed files, whole and damaged: every line is read, or the damage is named."""

from __future__ import annotations

import bz2
import gzip
import lzma
import random
from pathlib import Path

import pytest
from written import file_of

from ground.errors import InputError
from ground.reading import (
    blocks,
    lines,
    whole,
)
from ground.reading import compression as compressions

ROWS = [f"line {i} with ünïcode {i * 7919}" for i in range(3000)]


TEXT = "".join(f"{row}\n" for row in ROWS).encode()


PACKED = gzip.compress(TEXT, mtime=0)


@pytest.mark.parametrize("name", ["file.txt", "file.txt.gz"])
@pytest.mark.parametrize("members", [1, 3])
def test_gzip_is_told_by_its_content(tmp_path: Path, name: str, members: int) -> None:
    path = file_of(tmp_path, PACKED * members, name)
    assert whole(path) == TEXT * members
    assert [row for _, row in lines(path)] == ROWS * members


@pytest.mark.parametrize("block", [1, 2, 3, 7, 64, 1000])
def test_blocks_of_any_size_give_the_same_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr(compressions, "BLOCK", block)
    text = "\ufeffone\n\ntwo ü\r\nthree".encode()
    expected = [(1, "one"), (2, ""), (3, "two ü"), (4, "three")]
    assert list(lines(file_of(tmp_path, text))) == expected
    halves = gzip.compress(text[:2]) + gzip.compress(b"") + gzip.compress(text[2:])
    assert list(lines(file_of(tmp_path, halves))) == expected


def test_a_small_file_does_not_unpack_into_a_large_memory(tmp_path: Path) -> None:
    bomb = file_of(tmp_path, gzip.compress(b"\n" * 10_000_000))
    assert max(map(len, blocks(bomb))) <= compressions.BLOCK
    assert sum(map(len, blocks(bomb))) == 10_000_000


def damaged(name: str) -> bytes:
    two = PACKED * 2
    at = len(PACKED)
    return {
        "cut": PACKED[:-9],
        "cut before the checksum": PACKED[:-8],
        "cut within the checksum": PACKED[:-1],
        "cut in the header": PACKED[:7],
        "cut in the magic": PACKED[:1],
        "checksum": PACKED[:-8] + bytes([PACKED[-8] ^ 1]) + PACKED[-7:],
        "length": PACKED[:-1] + bytes([PACKED[-1] ^ 1]),
        "method": PACKED[:2] + b"\x07" + PACKED[3:],
        "content": PACKED[:5000] + bytes([PACKED[5000] ^ 255]) + PACKED[5001:],
        "second member's first byte": two[:at] + b"\x1e" + two[at + 1 :],
        "second member's method": two[: at + 2] + b"\x07" + two[at + 3 :],
        "second member cut in the header": two[: at + 7],
        "second member of one byte": two[: at + 1],
        "text behind": PACKED + b"more\n",
        "zeros behind": PACKED + bytes(512),
    }[name]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("cut", "after line \\d+: the gzip data .* are cut off"),
        (
            "cut before the checksum",
            "after line 3000: the gzip data .* are cut off",
        ),
        (
            "cut within the checksum",
            "after line 3000: the gzip data .* are cut off",
        ),
        ("cut in the header", "gz: the gzip data .* are cut off"),
        ("cut in the magic", "it holds no gzip data"),
        ("checksum", "after line 3000: .* incorrect data check"),
        ("length", "after line 3000: .* incorrect length check"),
        ("method", "unknown compression method"),
        ("content", "after line \\d+: the gzip data that begin at its byte 1 are damaged"),
        ("second member's first byte", "after line 3000: bytes that are no gzip data"),
        ("second member's method", "after line 3000: .*unknown compression method"),
        (
            "second member cut in the header",
            "after line 3000: the gzip data .* are cut off",
        ),
        ("second member of one byte", "after line 3000: bytes that are no gzip data"),
        ("text behind", "after line 3000: bytes that are no gzip data stand behind"),
        ("zeros behind", "after line 3000: bytes that are no gzip data stand behind"),
    ],
)
def test_damaged_gzip(tmp_path: Path, name: str, message: str) -> None:
    path = file_of(tmp_path, damaged(name), "file.gz")
    with pytest.raises(InputError, match=message) as error:
        whole(path)
    assert str(path) in str(error.value)
    assert "Copy the file again" in str(error.value)


def test_gzip_damaged_anywhere_is_refused_or_harmless(tmp_path: Path) -> None:
    """Every bit is under the checksum or in the header; some of the header's carry nothing."""
    chance = random.Random(4)
    for _ in range(100):
        data = bytearray(PACKED)
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        try:
            assert whole(file_of(tmp_path, bytes(data), "file.gz")) == TEXT
        except InputError as error:
            assert "file.gz" in str(error)  # noqa: PT017 - either outcome is right


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (bz2.compress(TEXT), "compressed with bzip2.*bzip2 -d"),
        (bz2.compress(b""), "compressed with bzip2"),
        (lzma.compress(TEXT), "compressed with xz.*xz -d"),
        (b"\x28\xb5\x2f\xfd\x04\x00\x01", "compressed with zstd.*zstd -d"),
        (b"PK\x03\x04\x14\x00", "compressed with zip"),
        (b"PAR1\x15\x04", "Parquet"),
        ("a\tb\n".encode("utf-16"), "UTF-16.*UTF-8"),
        ("a\tb\n".encode("utf-16-le"), "UTF-16"),
        ("a\tb\n".encode("utf-16-be"), "UTF-16"),
        ("ab\n".encode("utf-32"), "UTF-32"),
        ("ab\n".encode("utf-32-le"), "UTF-32"),
        ("ab\n".encode("utf-32-be"), "UTF-32"),
        (b"", "holds no gzip data \\(it is empty\\)"),
        (b"plain\n", "its name ends in .gz, but it holds no gzip data .*rename it"),
    ],
)
def test_other_contents_are_named(tmp_path: Path, data: bytes, message: str) -> None:
    names = ["f.gz"] if "gzip data" in message else ["f"] if "UTF" in message else ["f", "f.gz"]
    for name in names:
        with pytest.raises(InputError, match=message):
            whole(file_of(tmp_path, data, name))
    if "UTF" in message:
        with pytest.raises(InputError, match=message):
            whole(file_of(tmp_path, gzip.compress(data)))


def test_text_that_begins_as_a_compressed_file_does(tmp_path: Path) -> None:
    for text in (b"BZh91\tquery\n", b"PAR1 Q0 d 1 1 t\n", b"7z\n", b"PK\n"):
        assert whole(file_of(tmp_path, text)) == text
