"""Files and lines that cannot be read: refused with the file, the line and the reason."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from written import file_of

from ground.errors import InputError
from ground.reading import (
    byte_lines,
    existing,
    lines,
    text_lines,
    whole,
)


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
