"""Texts, word lists and vocabularies of encoders: read whole, or refused with file and line."""

from __future__ import annotations

import bz2
import gzip
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from encoders.finetuning.candidates import read_candidates
from encoders.training.corpus import read_lines
from encoders.vocabulary.vocabulary import Vocabulary
from ground.errors import InputError
from ground.reading import compression, numbered_text_lines

WORDS = [f"word{i}" for i in range(20_000)]
TEXT = "".join(f"{word}\n" for word in WORDS).encode()
PACKED = gzip.compress(TEXT, mtime=0)


def listed(path: Path) -> list[Any]:
    return list(read_lines(path))


READERS: list[Callable[[Path], Any]] = [listed, Vocabulary.load, read_candidates]


def file_of(folder: Path, data: bytes, name: str = "file.txt") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("name", ["file.txt", "file.txt.gz"])
@pytest.mark.parametrize("members", [1, 2])
def test_gzip_is_told_by_its_content(tmp_path: Path, name: str, members: int) -> None:
    path = file_of(tmp_path, PACKED * members, name)
    assert listed(path) == WORDS * members


@pytest.mark.parametrize("block", [1, 2, 5, 1 << 16])
def test_a_mark_and_ends_of_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr(compression, "BLOCK", max(block, 2))
    text = "\ufeffone\r\n\n two \rthr\u00e9e".encode()
    expected = [(1, "one"), (2, ""), (3, " two "), (3, "thr\u00e9e")]
    assert list(numbered_text_lines(file_of(tmp_path, text))) == expected
    packed = file_of(tmp_path, gzip.compress(text[:1]) + gzip.compress(text[1:]))
    assert list(numbered_text_lines(packed)) == expected
    assert Vocabulary.load(file_of(tmp_path, "\ufeffeins\r\nzwei".encode())).words == (
        "eins", "zwei",
    )  # fmt: skip


def damages() -> Iterable[tuple[str, bytes, str]]:
    half = len(PACKED) // 2
    yield (
        "cut",
        PACKED[:half],
        r", after line \d+: the gzip data that begin at its byte 1 are cut off",
    )
    yield (
        "without checksum",
        PACKED[:-8],
        r", after line \d+: the gzip data that begin at its byte 1 are cut off",
    )
    yield "of one byte", PACKED[:1], r"\.gz: its name ends in \.gz, but it holds no gzip data"
    yield (
        "checksum",
        PACKED[:-5] + b"x" + PACKED[-4:],
        "the gzip data that begin at its byte 1 are damaged",
    )
    yield (
        "content",
        PACKED[:half] + bytes(9) + PACKED[half + 9 :],
        "the gzip data that begin at its byte 1 are damaged",
    )
    yield "second member", PACKED + b"\x1f\x8b\x07" + PACKED[3:], "unknown compression method"
    yield "zeros behind", PACKED + bytes(8), "after line 20000: bytes that are no gzip data"
    yield "no gzip", b"text\n", "holds no gzip data"
    yield "empty", b"", "holds no gzip data"
    yield "bzip2", bz2.compress(TEXT), "compressed with bzip2"


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(("data", "message"), [pytest.param(d, m, id=n) for n, d, m in damages()])
def test_damaged_gzip(
    tmp_path: Path, reader: Callable[[Path], Any], data: bytes, message: str
) -> None:
    path = file_of(tmp_path, data, "file.gz")
    if reader is read_candidates:
        message = f"{message}|is no JSON"  # words are none, and come first
    with pytest.raises(InputError, match=message) as error:
        reader(path)
    assert str(path) in str(error.value)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'{"query_id":"a"}\nb\0\n', "line 2: a NUL byte"),
        (b'{"query_id":"a"}\n' + bytes(100_000), "line 2: a NUL byte"),
        (b'{"query_id":"a"}\ncaf\xe9\n', "line 2: not UTF-8 text .byte 0xe9"),
        (b'{"query_id":"a"}\n\xed\xa0\x80\n', "line 2: not UTF-8 text"),
        ('{"query_id":"a"}\n'.encode("utf-16"), "UTF-16"),
        ('{"query_id":"a"}\n'.encode("utf-16-be"), "UTF-16"),
        ('{"query_id":"a"}\n'.encode("utf-32"), "UTF-32"),
    ],
)
def test_bytes_that_are_no_text(
    tmp_path: Path, reader: Callable[[Path], Any], data: bytes, message: str
) -> None:
    for packed in (data, gzip.compress(data)):
        path = file_of(tmp_path, packed)
        with pytest.raises(InputError, match=message) as error:
            reader(path)
        assert str(path) in str(error.value)


@pytest.mark.parametrize("reader", READERS)
def test_other_things_than_files(tmp_path: Path, reader: Callable[[Path], Any]) -> None:
    with pytest.raises(InputError, match=r"none\.txt does not exist"):
        reader(tmp_path / "none.txt")
    for path in (tmp_path, Path("/dev/null")):
        with pytest.raises(InputError, match=f"{path} is a (folder|device)"):
            reader(path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("eins\nzwei\neins\n", "line 3: 'eins' stands on line 1 already"),
        ("eins\n\nzwei\n", "line 2: '' is empty"),
        ("eins\nzwei drei\n", "line 2: 'zwei drei' .*white space"),
        ("eins\n\ufeffzwei\n", "line 2: a byte order mark in the word"),
        ("", "is empty"),
        ("\ufeff", "is empty"),
    ],
)
def test_vocabularies(tmp_path: Path, text: str, message: str) -> None:
    path = file_of(tmp_path, text.encode())
    with pytest.raises(InputError, match=message) as error:
        Vocabulary.load(path)
    assert str(path) in str(error.value)


@pytest.mark.slow  # imports transformers
def test_word_lists(tmp_path: Path) -> None:
    from encoders.vocabulary.given_words import given_words

    assert given_words(file_of(tmp_path, "\ufeffEins\r\n\nzwei\n".encode())).vocabulary.words == (
        "eins", "zwei",
    )  # fmt: skip
    with pytest.raises(InputError, match="line 3: 'two words' holds white space"):
        given_words(file_of(tmp_path, b"one\n\ntwo words\n"))
    with pytest.raises(InputError, match="line 2: a NUL byte"):
        given_words(file_of(tmp_path, b"one\nt\0wo\n"))
