"""Text files read strictly, packed or not: every fault is told with the file and its line.

`harness.reading` is its like for what is no part of an encoder, of which nothing is imported here.
"""

from __future__ import annotations

import codecs
import stat
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from encoders.errors import EncoderInputError

BLOCK = 1 << 16
_GZIP = b"\x1f\x8b"
_COPY_AGAIN = "Copy the file again, or make it again."
_FORM = "Give a text file in UTF-8, plain or compressed with gzip."
# What a file begins with that is no text in UTF-8; UTF-32's mark begins as UTF-16's does.
_OTHERS = {
    b"BZh91AY&SY": "compressed with bzip2",
    b"\xfd7zXZ\x00": "compressed with xz",
    b"\x28\xb5\x2f\xfd": "compressed with zstd",
    b"PK\x03\x04": "compressed with zip",
    codecs.BOM_UTF16_LE: "text in UTF-16 or UTF-32",
    codecs.BOM_UTF16_BE: "text in UTF-16",
    codecs.BOM_UTF32_BE: "text in UTF-32",
}


class _Damage(Exception):
    """What is wrong with bytes, and the remedy."""


def numbered_lines(path: Path) -> Iterator[tuple[int, str]]:
    """(line number from 1, line without its end) of a file; a byte order mark is passed over.

    A carriage return ends a line too. gzip is told by the content, whatever the name.

    Raises:
        EncoderInputError: no file, or one that cannot be read; compressed otherwise, damaged or
            cut off; not UTF-8; a NUL byte.
    """
    number = 0
    try:
        for data in _whole_lines(_content(path)):
            text = _decoded(data, number)
            for line in text.removesuffix("\n").split("\n"):
                number += 1
                if "\r" in line:
                    yield from ((number, part) for part in line.rstrip("\r").split("\r"))
                else:
                    yield number, line
    except _Damage as damage:
        raise EncoderInputError(f"{path}, {damage}") from None
    except zlib.error as error:
        reason = str(error).rpartition(": ")[2]
        raise EncoderInputError(
            f"{path}, after line {number}: the gzip data are damaged ({reason}). {_COPY_AGAIN}"
        ) from None
    except EOFError as error:
        raise EncoderInputError(f"{path}, after line {number}: {error}. {_COPY_AGAIN}") from None
    except OSError as error:
        raise EncoderInputError(
            f"{path} cannot be read ({error.strerror or error}). {_FORM}"
        ) from None


def _whole_lines(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of whole lines; only the last may lack its end."""
    carried: list[bytes] = []
    for block in blocks:
        end = block.rfind(b"\n") + 1
        if end:
            yield b"".join([*carried, block[:end]])
            carried = [block[end:]]
        else:
            carried.append(block)
    if last := b"".join(carried):
        yield last


def _decoded(data: bytes, before: int) -> str:
    """Lines as text; ``before`` is how many lines stand before them."""
    nul = data.find(b"\0")
    if nul >= 0:
        raise _Damage(
            f"line {before + data.count(bytes([10]), 0, nul) + 1}: a NUL byte, which no text "
            f"holds; a crash or a full disk leaves such. {_COPY_AGAIN}"
        )
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise _Damage(
            f"line {before + data.count(bytes([10]), 0, error.start) + 1}: not UTF-8 text (byte "
            f"{data[error.start]:#04x}: {error.reason}). Convert the file."
        ) from None


def _content(path: Path) -> Iterator[bytes]:
    """The bytes of a file, unpacked, without a mark at their beginning."""
    if not path.exists():
        raise EncoderInputError(f"{path} cannot be read: there is no such file. Check the path.")
    if not stat.S_ISREG(path.stat().st_mode):
        raise EncoderInputError(f"{path} is a folder or a device, where a file is needed. {_FORM}")
    with path.open("rb") as stream:
        head = stream.read(BLOCK)
        packed = head.startswith(_GZIP)
        if path.suffix == ".gz" and not packed:
            _refuse_others(path, head)
            raise EncoderInputError(
                f"{path}: its name ends in .gz, but it holds no gzip data. Copy the file again, or "
                f"rename it if it is not compressed."
            )
        blocks = _members(stream, head) if packed else _plain(stream, head)
        first = b""
        for block in blocks:
            first += block
            if len(first) >= 10:
                break
        _refuse_others(path, first)
        yield first.removeprefix(codecs.BOM_UTF8)
        yield from blocks


def _plain(stream: BinaryIO, block: bytes) -> Iterator[bytes]:
    while block:
        yield block
        block = stream.read(BLOCK)


def _members(stream: BinaryIO, data: bytes) -> Iterator[bytes]:
    """Every member unpacked, its checksum verified; nothing else may stand behind one."""
    while data:
        if len(data) < len(_GZIP):
            data += stream.read(BLOCK)
        if not data.startswith(_GZIP):
            raise EOFError("bytes that are no gzip data stand behind the compressed data")
        member = zlib.decompressobj(wbits=31)
        while not member.eof:
            given = data or stream.read(BLOCK)
            piece = member.decompress(given, BLOCK)
            if not piece and not given:
                raise EOFError("the gzip data are cut off")
            yield piece
            data = member.unconsumed_tail
        data = member.unused_data or stream.read(BLOCK)


def _refuse_others(path: Path, head: bytes) -> None:
    for magic, what in _OTHERS.items():
        if head.startswith(magic):
            raise EncoderInputError(f"{path} is {what}, which is not read here. {_FORM}")
    if len(head) >= 4 and b"\0" in (head[:1], head[1:2]) and b"\0" in (head[2:3], head[3:4]):
        raise EncoderInputError(f"{path} is text in UTF-16 or UTF-32. {_FORM}")
