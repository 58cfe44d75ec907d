"""Whatever is wrong with a file is told with the file, the line and the remedy."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import os
import random
import socket
from itertools import pairwise
from pathlib import Path

import pytest

from ground.errors import InputError
from ground.reading import (
    blocks,
    byte_lines,
    existing,
    json_document,
    lines,
    record,
    records,
    text_lines,
    whole,
    yaml_document,
)
from ground.reading import compression as compressions

ROWS = [f"line {i} with ünïcode {i * 7919}" for i in range(3000)]
TEXT = "".join(f"{row}\n" for row in ROWS).encode()
PACKED = gzip.compress(TEXT, mtime=0)


def file_of(folder: Path, data: bytes, name: str = "file.txt") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


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


@pytest.mark.parametrize("zeros", [1, 512, 300_000])
@pytest.mark.parametrize(("before", "line"), [(b"", 1), (b"one\n", 2), (b"one\ntwo", 2)])
def test_nul_bytes(tmp_path: Path, before: bytes, line: int, zeros: int) -> None:
    path = file_of(tmp_path, before + bytes(zeros) + b"\nmore\n")
    with pytest.raises(InputError, match=rf"file\.txt, line {line}: a NUL byte|UTF-32"):
        whole(path)


def test_what_stands_before_a_nul_is_read(tmp_path: Path) -> None:
    found = []
    with pytest.raises(InputError, match="line 3: a NUL"):
        found.extend(byte_lines(file_of(tmp_path, b"one\ntwo\nth\0ree\n")))
        pytest.fail("not refused")
    rows = byte_lines(file_of(tmp_path, b"one\ntwo\nth\0ree\n"))
    assert [next(rows), next(rows)] == [(1, b"one"), (2, b"two")]


def test_other_things_than_files(tmp_path: Path) -> None:
    folder, pipe, server = tmp_path / "folder", tmp_path / "pipe", tmp_path / "socket"
    folder.mkdir()
    os.mkfifo(pipe)
    with socket.socket(socket.AF_UNIX) as bound:
        os.chdir(tmp_path)  # a socket's path may not be long
        bound.bind("socket")
        cases = [(folder, "a folder"), (pipe, "a pipe"), (server, "a socket")]
        for path, kind in [*cases, (Path("/dev/null"), "a device")]:
            for opener in (existing, whole):
                with pytest.raises(InputError, match=f"{path} is {kind}, where a file"):
                    opener(path)
    (tmp_path / "broken").symlink_to("nowhere")
    (tmp_path / "circle").symlink_to("circle")
    with pytest.raises(InputError, match="broken does not exist"):
        whole(tmp_path / "broken")
    with pytest.raises(InputError, match="circle cannot be read"):
        existing(tmp_path / "circle")
    with pytest.raises(InputError, match="cannot be read: File name too long"):
        existing(tmp_path / ("x" * 300))
    with pytest.raises(InputError, match="does not exist"):
        existing(folder / "a\0b")
    (tmp_path / "link").symlink_to(file_of(tmp_path, b"x\n"))
    assert whole(tmp_path / "link") == b"x\n"


@pytest.mark.parametrize("suffix", [".bz2", ".xz", ".zst", ".zip"])
def test_a_file_that_is_there_compressed_otherwise(tmp_path: Path, suffix: str) -> None:
    file_of(tmp_path, b"x", f"corpus.jsonl{suffix}")
    with pytest.raises(InputError, match=f"corpus.jsonl does not exist; corpus.jsonl{suffix} does"):
        existing(tmp_path / "corpus.jsonl")


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = file_of(tmp_path, b"x\n")
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(InputError, match=r"file\.txt cannot be read: Permission denied"):
        whole(path)


@pytest.mark.parametrize(
    "bad", [b"caf\xe9", b"\xed\xa0\x80", b"\xc0\xaf", b"\xf5\x80\x80\x80", b"\xe2\x82"]
)
def test_the_line_of_another_encoding(tmp_path: Path, bad: bytes) -> None:
    path = file_of(tmp_path, "é\né\n".encode() * 5000 + bad + b"\nmore\n")
    with pytest.raises(InputError, match="line 10001: not UTF-8 text .*Convert"):
        list(lines(path))


def test_carriage_returns(tmp_path: Path) -> None:
    path = file_of(tmp_path, b"one\rtwo\rthree\r\nfour")
    with pytest.raises(InputError, match="line 1: a carriage return"):
        list(lines(path))
    assert list(text_lines(path)) == ["one", "two", "three", "four"]


RECORD = '{"_id": "a", "title": "x: y", "metadata": {"url": "http://x", "n": [{"k": 1}, {"k": 2}]}}'


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"a": 1, "a": 1}', 'the name "a" stands twice'),
        ('{"a": 1, "a" : 1}', 'the name "a" stands twice'),
        ('{"a": 1, "\\u0061": 1}', 'the name "a" stands twice'),
        ('{"é": 1, "\\u00e9": 1}', 'the name "é" stands twice'),
        ('{"a": {"b": [{"c": 1, "c": 2}]}}', 'the name "c" stands twice'),
        ('{"a": "\\u003a", "b": 1, "b": "x"}', 'the name "b" stands twice'),
        ('{"a": "\\\\u003a:", "b:": 1, "b:": "x"}', 'the name "b:" stands twice'),
        ('{"a": "::\\u003A\\u003a", "b": 1, "b": 2, "b": ":"}', 'the name "b" stands twice'),
        ('{"": 1, "": 2}', 'the name "" stands twice'),
        ('{"a": NaN}', "NaN, which JSON does not have"),
        ('{"a": [-Infinity]}', "-Infinity, which JSON does not have"),
        ('{"a": "\\ud83d"}', "half a character"),
        ('{"\\udc00": "x"}', "half a character"),
        ('{"a": "\\ud83d\\ud83d\\ude00"}', "half a character"),
        ('{"a": 1e400}', "the number "),
        ('{"a": ' + "9" * 5000 + "}", "the number "),
        ("[" * 100_000 + "]" * 100_000, "nested too deeply"),
        ('{"a":' * 100_000, "nested too deeply"),
        ('{"a":' * 500 + '{"b":1,"b":2}' + "}" * 500, 'the name "b" stands twice'),
        ('{"a": 1}{"b": 2}', "malformed JSON"),
        ("{'a': 1}", "malformed JSON"),
        ('{"a": 01}', "malformed JSON"),
        ('{"a": "\x01"}', "malformed JSON"),
        ('{"a": 1,}', "malformed JSON"),
        ('\ufeff{"a": 1}', "malformed JSON"),
        ("7", "a JSON int"),
    ],
)
def test_records(tmp_path: Path, line: str, message: str) -> None:
    path = file_of(tmp_path, f"{RECORD}\n\n{line}\n".encode())
    with pytest.raises(InputError, match=r"file\.txt, line 3: ") as error:
        list(records(path))
    assert message in str(error.value)
    assert len(str(error.value)) < 500


@pytest.mark.parametrize(
    "line",
    [
        RECORD,
        '{"a": {"a": {"a": 1}}, "b": {"a": ":"}}',
        '{"a": "\\u003a\\\\u003a:", "\\u003ab": 1}',
        '{"a": "\\ud83d\\ude00", "b": "\\"a\\": 1, \\"a\\": 2"}',
        '{"a":' * 400 + "1" + "}" * 400,
        '{"n": [1e308, -0.0, 18446744073709551615]}',
        " \t{} \r",
    ],
)
def test_records_that_are_right(line: str) -> None:
    assert record(line.encode(), Path("f"), 1) == json.loads(line)


def test_names_that_stand_twice_are_found_wherever_they_are() -> None:
    """Against a parser that keeps everything: 2,000 objects with few names and many colons."""
    chance = random.Random(9)
    strings = ['"a"', '"b:"', '"\\u0061"', '"::"', '"\\u003a"', '"\\\\"', '"\\":\\""', '" "']

    def value(depth: int) -> str:
        kind = chance.random() if depth else 0.0
        if kind < 0.4:
            return chance.choice([*strings, "1", "null", "-2.5e3"])
        size = range(chance.randrange(4))
        if kind < 0.5:
            return "[" + ",".join(value(depth - 1) for _ in size) + "]"
        space = chance.choice(["", " ", "\t"])
        pairs = (f"{chance.choice(strings)}{space}:{value(depth - 1)}" for _ in size)
        return "{" + ",".join(pairs) + "}"

    refused = 0
    for _ in range(2000):
        line = '{"x":' + value(4) + "}"
        repeated: list[bool] = []

        def note(pairs: list[tuple[str, object]], found: list[bool] = repeated) -> object:
            found.append(len(dict(pairs)) < len(pairs))
            return dict(pairs)

        expected = json.loads(line, object_pairs_hook=note)
        try:
            assert record(line.encode(), Path("f"), 1) == expected
            assert not any(repeated), line
        except InputError:
            assert any(repeated), line
            refused += 1
    assert 300 < refused < 1700


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{\n "name": "a",\n "name": "b"\n}', 'line 3: the name "name" stands twice'),
        ('{\n "a": {"b": 1,\n\n  "b" : 2}}', 'line 4: the name "b" stands twice'),
        ('{\n "name": \n}', "line 3: malformed JSON"),
        ("[1]", "holds a JSON list, where an object"),
        ('{"a": NaN}', "NaN, which JSON does not have"),
        ('{"name": "\\ud83d"}', "half a character"),
        ("[" * 100_000, "nested too deeply"),
        ("", "malformed JSON"),
    ],
)
def test_json_documents(tmp_path: Path, text: str, message: str) -> None:
    path = file_of(tmp_path, text.encode(), "card.json")
    with pytest.raises(InputError, match=r"card\.json") as error:
        json_document(path)
    assert message in str(error.value)
    path.write_bytes(b"\xef\xbb\xbf" + b'{"name": "x"}')
    assert json_document(path) == {"name": "x"}


BILLION = "a: &a [x, x]\n" + "".join(
    f"{new}: &{new} [*{old}, *{old}, *{old}]\n" for old, new in pairwise("abcdefghi")
)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (BILLION, r"line 2: .*the alias \*a"),
        ("a: &a\n  b: *a\n", r"line 2: .*the alias \*a"),
        ("a: 1\na: 2\n", "a key stands twice"),
        ("a: 1\nb:\n  c: 1\n  c: 2\n", "line 3: .*a key stands twice"),
        ("- 1\n", "no YAML mapping"),
        ("", "no YAML mapping"),
        ("a: [", "line 1: malformed YAML"),
        ("a: " + "[" * 700, "nested too deeply"),
        ("a: !!python/object/apply:os.getpid []\n", "could not determine a constructor"),
        ("a: 2024-13-45\n", "cannot be read as YAML"),
        ("a: " + "9" * 5000 + "\n", "cannot be read as YAML"),
        ("a: \x01\n", "malformed YAML|cannot be read as YAML"),
        ("{a: 1}: 2\n", "unhashable"),
        ("--- {a: 1}\n--- {b: 1}\n", "line 2: .*another document"),
    ],
)
def test_yaml_documents(tmp_path: Path, text: str, message: str) -> None:
    path = file_of(tmp_path, text.encode(), "run.metadata.yaml")
    with pytest.raises(
        InputError, match=rf"run\.metadata\.yaml[\s\S]*{message}|{message}"
    ) as error:
        yaml_document(path)
    assert str(path) in str(error.value)
    assert "Correct" in str(error.value)


def test_yaml_that_is_right(tmp_path: Path) -> None:
    path = file_of(tmp_path, "\ufeffa: [1, {b: 'ü'}]\r\nc: 2024-01-02\r\n".encode())
    assert yaml_document(path)["a"] == [1, {"b": "ü"}]
