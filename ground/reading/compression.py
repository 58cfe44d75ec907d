"""Compression told by a file's first bytes: gzip is unpacked strictly, other kinds are named."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from ground.reading.damage import Damage

if TYPE_CHECKING:
    from zlib import _Decompress as _Member

BLOCK = 1 << 18
"""Bytes that are read or unpacked together; a small file never unpacks into a large memory."""

_GZIP = b"\x1f\x8b"
_HEAD = 16
_OTHERS = {
    b"\xfd7zXZ\x00": ("xz", "xz -d"),
    b"\x28\xb5\x2f\xfd": ("zstd", "zstd -d"),
    b"\x04\x22\x4d\x18": ("lz4", "lz4 -d"),
    b"\x1f\x9d": ("compress (.Z)", "uncompress"),
    b"PK\x03\x04": ("zip", "unzip"),
    b"7z\xbc\xaf\x27\x1c": ("7z", "7z x"),
}
# Text may begin with BZh or PAR1 too; what follows in such files is no text.
_BZIP2 = (b"1AY&SY", b"\x17rE8P\x90")
_PARQUET = b"PAR1\x15"


def unpacked(stream: BinaryIO, named_gz: bool) -> Iterator[bytes]:
    """The content of a file in blocks, unpacked where it is gzip.

    Every byte of a compressed file is accounted for: all its members are unpacked and their
    checksums verified, and nothing else may stand between or behind them.

    Args:
        stream: the file, at its beginning.
        named_gz: its name ends in ``.gz``.

    Raises:
        Damage: gzip data that are damaged, cut off or followed by others; a ``.gz`` that is no
            gzip; another compression.
    """
    head = stream.read(_HEAD)
    if head.startswith(_GZIP):
        yield from _members(stream, head)
        return
    _refuse_others(head)
    if named_gz:
        found = "it is empty" if not head else f"it begins with {head[:4]!r}"
        raise Damage(
            f"its name ends in .gz, but it holds no gzip data ({found})",
            "Copy the file again, or rename it if it is not compressed.",
        )
    block = head + stream.read(BLOCK)
    while block:
        yield block
        block = stream.read(BLOCK)


def _members(stream: BinaryIO, data: bytes) -> Iterator[bytes]:
    while data:
        begun = stream.tell() - len(data) + 1
        if len(data) < len(_GZIP):
            data += stream.read(BLOCK)
        if not data.startswith(_GZIP):
            raise Damage(
                f"bytes that are no gzip data stand behind the end of the compressed data, at its "
                f"byte {begun:,} (they begin with {data[:4]!r}), so that what follows cannot be "
                f"read"
            )
        member = zlib.decompressobj(wbits=31)
        while not member.eof:
            given = data or stream.read(BLOCK)
            before = member.copy()
            try:
                piece = member.decompress(given, BLOCK)
            except zlib.error:
                yield from _until_fault(before, given, begun)
                raise
            if piece:
                yield piece
            elif not given:
                raise Damage(f"the gzip data that begin at its byte {begun:,} are cut off")
            data = member.unconsumed_tail
        data = member.unused_data or stream.read(BLOCK)


def _until_fault(member: _Member, data: bytes, begun: int, step: int = 4096) -> Iterator[bytes]:
    """What can be unpacked before a fault, to the byte, and then the fault."""
    for at in range(0, len(data), step):
        given, before = data[at : at + step], member.copy()
        try:
            yield member.decompress(given)
        except zlib.error as error:
            if step > 1:
                yield from _until_fault(before, given, begun, step // 64)
            raise _damaged(error, begun) from None


def _damaged(error: zlib.error, begun: int) -> Damage:
    reason = str(error).rpartition(": ")[2]
    if reason in ("incorrect data check", "incorrect length check"):
        reason = f"the checksum or length of the content is wrong: {reason}"
    return Damage(f"the gzip data that begin at its byte {begun:,} are damaged ({reason})")


def _refuse_others(head: bytes) -> None:
    name, command = next(
        (found for magic, found in _OTHERS.items() if head.startswith(magic)), ("", "")
    )
    if head.startswith(b"BZh") and head[4:10] in _BZIP2:
        name, command = "bzip2", "bzip2 -d"
    if head.startswith(_PARQUET):
        raise Damage("it is a Parquet file, which is not read here", "Convert it to text.")
    if name:
        raise Damage(
            f"it is compressed with {name}, which is not read here",
            f"Unpack it ({command}), or compress it with gzip.",
        )
