"""What bytes mean, by the definitions of gzip, UTF-8 and JSON; nothing of the product's code.

Readers that are held against these must give the same, or refuse.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

_EXTRA, _NAME, _COMMENT, _HEADER_CRC = 4, 8, 16, 2
MOST_DIGITS = 4000


class Refused(ValueError):
    """By its definition the format has no such file; ``line`` is where, if that is known."""

    def __init__(self, why: str, line: int | None = None) -> None:
        super().__init__(why)
        self.line = line


def unpacked(data: bytes, packed: bool) -> bytes:
    """The content of a file: of one that is named ``.gz``, or that begins as gzip does."""
    return gunzip(data) if packed or data.startswith(b"\x1f\x8b") else data


def gunzip(data: bytes) -> bytes:
    """Every member of a gzip file (RFC 1952), with nothing behind the last."""
    out, rest = [], data
    while not out or rest:
        content, rest = _member(rest)
        out.append(content)
    return b"".join(out)


def _member(data: bytes) -> tuple[bytes, bytes]:
    if len(data) < 18 or data[:3] != b"\x1f\x8b\x08":
        raise Refused("no gzip member")
    flags, at = data[3], 10
    if flags & _EXTRA:
        at += 2 + int.from_bytes(data[at : at + 2], "little")
    for flag in (_NAME, _COMMENT):
        if flags & flag:
            at = data.find(b"\0", at) + 1 or len(data)
    at += 2 if flags & _HEADER_CRC else 0
    inflate = zlib.decompressobj(-15)
    try:
        content = inflate.decompress(data[at:])
    except zlib.error as error:
        raise Refused(str(error)) from None
    rest = inflate.unused_data
    if not inflate.eof or len(rest) < 8:
        raise Refused("cut off")
    if struct.unpack("<II", rest[:8]) != (zlib.crc32(content), len(content) & 0xFFFFFFFF):
        raise Refused("the checksum or the length is another")
    return content, rest[8:]


_OTHERS = (b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"\xff\xfe", b"\xfe\xff", b"PK\x03\x04")
"""How files begin that are compressed by other means, or in other encodings: all of the file."""


def is_other(data: bytes) -> bool:
    """Whether all of a file is something else than text in UTF-8."""
    return data.startswith(_OTHERS) or b"\0" in data[:4]


def text_of(data: bytes) -> str:
    """UTF-8, a byte order mark at its start left out."""
    if is_other(data):
        raise Refused("no text in UTF-8")
    try:
        return data.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise Refused(str(error), data.count(b"\n", 0, error.start) + 1) from None


def lines_of(data: bytes) -> Iterator[tuple[int, str]]:
    """(number, line without its end) of every line that is not blank."""
    for number, line in enumerate(text_of(data).split("\n"), 1):
        if line.strip():
            yield number, line.rstrip("\r")


def parse(text: str, line: int | None = None) -> Any:
    """JSON as RFC 8259 has it, every name once in an object, and no half characters."""

    def refuse(constant: str) -> Any:
        raise Refused(f"{constant} is no JSON", line)

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) < len(pairs):
            raise Refused("a name stands twice", line)
        return dict(pairs)

    def whole(digits: str) -> int:
        if len(digits) > MOST_DIGITS:
            raise Refused("a number of too many digits", line)
        return int(digits)

    def real(digits: str) -> Decimal:
        try:
            return Decimal(digits)
        except InvalidOperation:
            return Decimal("-Infinity" if digits.startswith("-") else "Infinity")

    try:
        value = json.loads(
            text,
            parse_constant=refuse,
            object_pairs_hook=once,
            parse_int=whole,
            parse_float=real,
        )
        json.dumps(value, ensure_ascii=False, default=str).encode()
    except Refused:
        raise
    except (ValueError, RecursionError) as error:
        raise Refused(str(error), line) from None
    return value


def parse_object(text: str, line: int | None = None) -> dict[str, Any]:
    """A JSON object."""
    value = parse(text, line)
    if not isinstance(value, dict):
        raise Refused("no JSON object", line)
    return value


def objects_of(data: bytes) -> Iterator[tuple[int, dict[str, Any]]]:
    """(line, JSON object) of JSON Lines; blank lines are passed over."""
    for number, line in lines_of(data):
        yield number, parse_object(line, number)


def is_whole(value: Any) -> bool:
    """An integer, and no truth value."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value: Any) -> bool:
    """A number, as `parse` gives them."""
    return is_whole(value) or isinstance(value, Decimal)


def floats(value: Any) -> Any:
    """The same with numbers as Python computes with them."""
    if isinstance(value, dict):
        return {name: floats(one) for name, one in value.items()}
    if isinstance(value, list):
        return [floats(one) for one in value]
    long = is_whole(value) and not -(2**63) <= value < 2**64
    return float(Decimal(value)) if long or isinstance(value, Decimal) else value
