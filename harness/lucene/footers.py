"""The checksums that Lucene keeps at the end of each of its files, and does not read on opening.

A file ends with 16 bytes, big-endian (``CodecUtil.writeFooter``): the magic number 0xC02893E8, the
algorithm 0, and the CRC-32 of all bytes before it, the first two numbers included.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

from ground.artifacts import find_damage, remember
from ground.errors import InputError

_FOOTER = struct.Struct(">IIQ")
_CHECKSUM_BYTES = 8
_MAGIC = 0xC02893E8
_BLOCK = 1 << 20
_NAME = re.compile(r"segments_[0-9a-z]+|_[0-9a-z]+(?:_[A-Za-z0-9_]+)?\.[a-z0-9]+")


def lucene_names(index: Path) -> list[str]:
    """The files of an index that have a footer."""
    try:
        return sorted(p.name for p in index.iterdir() if _NAME.fullmatch(p.name) and p.is_file())
    except OSError:
        return []


def check_footers(index: Path, *, always: bool = False) -> None:
    """Compare Lucene's files with their checksums, unless they are known to be whole.

    Args:
        index: the folder.
        always: whatever is known.

    Raises:
        InputError: one is damaged.
    """
    damage = find_damage(index, lucene_names(index), footer_damage, always=always)
    if damage is not None:
        raise InputError(
            f"The index {index} is damaged: {damage[0]}: {damage[1]}. Copy it again from where it "
            f"came, or build it again with --overwrite."
        )


def remember_footers(index: Path) -> None:
    """Note that Lucene has just compared all files of a new index."""
    remember(index, lucene_names(index))


def footer_damage(path: Path) -> str | None:
    """What is wrong with one of Lucene's files, if anything."""
    try:
        size = path.stat().st_size
        if size < _FOOTER.size:
            return f"it is cut to {size} bytes"
        with path.open("rb") as stream:
            found = _crc32(stream.read, size - _CHECKSUM_BYTES)
            stream.seek(size - _FOOTER.size)
            magic, algorithm, expected = _FOOTER.unpack(stream.read(_FOOTER.size))
    except (OSError, struct.error) as error:
        return f"it cannot be read ({error})"
    if (magic, algorithm) != (_MAGIC, 0):
        return "it does not end as Lucene's files do"
    return None if found == expected else "its bytes do not agree with its checksum"


def _crc32(read: Callable[[int], bytes], size: int) -> int:
    checksum = 0
    while size > 0:
        block = read(min(size, _BLOCK))
        if not block:
            break
        checksum = zlib.crc32(block, checksum)
        size -= len(block)
    return checksum
