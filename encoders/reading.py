"""Text files and JSON read strictly: what cannot be used is told with file and line.

`harness.reading` is its like for what is no part of an encoder, of which nothing is imported here.
"""

from __future__ import annotations

import json
import os
import re
import stat
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from encoders.errors import EncoderInputError

_BLOCK = 1 << 20
_GZIP = b"\x1f\x8b"
_AGAIN = "Copy the file again, or make it again."
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
_MOST_DIGITS = 4000


def numbered_lines(path: Path) -> Iterator[tuple[int, str]]:
    """(number, line) of a file in UTF-8, packed with gzip or not; ends are LF or CR LF.

    Raises:
        EncoderInputError: it is no file, cannot be read, is damaged, is not UTF-8, or holds NULs.
    """
    number, carried = 1, list[bytes]()
    for block in _blocks(path):
        end = block.rfind(b"\n") + 1
        if not end:
            carried.append(block)
            continue
        for line in _decoded(b"".join([*carried, block[:end]]), path, number)[:-1]:
            yield number, line.rstrip("\r")
            number += 1
        carried = [block[end:]] if end < len(block) else []
    if carried:
        yield number, _decoded(b"".join(carried), path, number)[0].rstrip("\r")


def _decoded(data: bytes, path: Path, number: int) -> list[str]:
    """Lines of whole lines; ``number`` is that of the first."""
    data = data.removeprefix(b"\xef\xbb\xbf") if number == 1 else data
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = number + data.count(b"\n", 0, error.start)
        raise EncoderInputError(
            f"{path}, line {line}: not UTF-8 text ({error.reason}). Convert the file to UTF-8."
        ) from None
    if "\0" in text:
        line = number + text.count("\n", 0, text.index("\0"))
        raise EncoderInputError(
            f"{path}, line {line}: a NUL byte, which no text holds; a crash or a full disk leaves "
            f"such. {_AGAIN}"
        )
    return text.split("\n")


def _blocks(path: Path) -> Iterator[bytes]:
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise EncoderInputError(f"{path} cannot be read: it is no file. Give a file.")
        with path.open("rb") as stream:
            first = stream.read(_BLOCK)
            if first.startswith(_GZIP):
                yield from _unpacked(path, first, lambda: stream.read(_BLOCK))
                return
            if path.suffix == ".gz":
                raise EncoderInputError(f"{path} cannot be read: it holds no gzip data. {_AGAIN}")
            while first:
                yield first
                first = stream.read(_BLOCK)
    except (OSError, ValueError) as error:
        if isinstance(error, EncoderInputError):
            raise
        why = error.strerror if isinstance(error, OSError) else error
        raise EncoderInputError(f"{path} cannot be read: {why}. Check the path.") from None


def _unpacked(path: Path, data: bytes, more: Any) -> Iterator[bytes]:
    """Every member of gzip data, of which nothing may be left."""
    while data:
        member = zlib.decompressobj(31)
        while not member.eof:
            try:
                piece = member.decompress(data, _BLOCK)
            except zlib.error as error:
                why = f"the gzip data are damaged ({error})"
                raise EncoderInputError(f"{path} cannot be read: {why}. {_AGAIN}") from None
            data = member.unconsumed_tail
            if piece:
                yield piece
            if not member.eof and not data and not (data := more()):
                raise EncoderInputError(f"{path} cannot be read: the gzip is cut off. {_AGAIN}")
        data = member.unused_data or more()


def parse_json(text: str) -> Any:
    """The value of a JSON text in which no name stands twice in its object.

    Raises:
        ValueError: it is no such text; says why.
    """
    try:
        value = json.loads(
            text, object_pairs_hook=_once, parse_constant=_no_constant, parse_int=_whole
        )
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if "\\u" in text and _HALF_CHARACTER.search(json.dumps(value, ensure_ascii=False)):
        raise ValueError("a text holds half a character (a lone surrogate)")
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"the name {name[:80]!r} stands twice in an object")
        found[name] = value
    return found


def _no_constant(word: str) -> Any:
    raise ValueError(f"{word} is no number of JSON")


def _whole(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        raise ValueError(f"a number has {len(digits)} digits")
    return int(digits)
