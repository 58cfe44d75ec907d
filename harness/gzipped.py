"""Gzip whose every byte is accounted for: members follow each other to the file's last byte.

The library's own reader skips zeros behind a member, and Java's takes a header that it cannot
read for the end of the file; either way documents would be lost without a word.
"""

from __future__ import annotations

import io
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from harness.errors import InputError

if TYPE_CHECKING:
    from typing_extensions import Buffer

_MAGIC = b"\x1f\x8b"
_INPUT = 1 << 17
_OUTPUT = 1 << 18


class GzipDamage(ValueError):
    """What is wrong with a file's gzip, as the end of a sentence that begins with its name."""


class GzipMembers(io.RawIOBase):
    """The text of all members of a gzip file.

    Attributes:
        consumed: bytes of the file that have become text, headers and checksums included.

    Args:
        file: the compressed file, at its beginning; closed with this.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._input = b""
        self._taken = 0
        self._begun = 0
        self._member: zlib._Decompress | None = None

    @property
    def consumed(self) -> int:
        """Bytes of the file that have been used up."""
        return self._taken - len(self._input)

    def readable(self) -> bool:
        """It is."""
        return True

    def close(self) -> None:
        """Close the file too."""
        self._file.close()
        super().close()

    def readinto(self, buffer: Buffer, /) -> int:
        """Fill a buffer with text.

        Raises:
            GzipDamage: the file is no gzip, is cut, damaged, or goes on with something else.
        """
        view = memoryview(buffer)
        while True:
            self._refill()
            if self._member is None:
                if not self._input and self._taken:
                    return 0
                self._begin()
            text = self._text(len(view))
            if text:
                view[: len(text)] = text
                return len(text)

    def _refill(self) -> None:
        if not self._input:
            self._input = self._file.read(_INPUT)
            self._taken += len(self._input)

    def _begin(self) -> None:
        """The next member; there is one, or the file is empty."""
        self._begun = self.consumed
        if len(self._input) == 1:
            more = self._file.read(_INPUT)
            self._taken += len(more)
            self._input += more
        if not self._begun and not _MAGIC.startswith(self._input[:2]):
            raise GzipDamage("is no gzip, though its name ends in .gz")
        if not _MAGIC.startswith(self._input[:2]):
            raise GzipDamage(f"goes on with something else where its gzip ends, at {self._place()}")
        self._member = zlib.decompressobj(16 + zlib.MAX_WBITS)

    def _text(self, most: int) -> bytes:
        member = cast("zlib._Decompress", self._member)
        is_end = not self._input
        try:
            text = member.decompress(self._input, most)
        except zlib.error as error:
            what = f"the gzip that begins at {self._place()} {_why(error)}"
            raise GzipDamage(f"is damaged: {what}") from None
        self._input = member.unused_data if member.eof else member.unconsumed_tail
        if member.eof:
            self._member = None
        elif is_end and not text:
            raise GzipDamage(f"is cut: the gzip that begins at {self._place()} has no end")
        return text

    def _place(self) -> str:
        return f"its byte {self._begun + 1:,}"


def open_gzip(path: Path) -> tuple[BinaryIO, GzipMembers]:
    """A gzip file's text, to read lines from, and what accounts for its bytes."""
    members = GzipMembers(path.open("rb"))
    return cast(BinaryIO, io.BufferedReader(members, _OUTPUT)), members


def gzip_refusal(path: Path, damage: GzipDamage, lines: int) -> InputError:
    """The error for a file of which some lines could be read."""
    return InputError(
        f"{path} {damage}. It could be read up to line {lines:,}. Copy or make the file again; "
        f"nothing was written."
    )


def _why(error: zlib.error) -> str:
    text = str(error).split(": ", 1)[-1]
    known = {
        "incorrect data check": "has another checksum than its text",
        "incorrect length check": "says another length than its text has",
    }
    return known.get(text, f"cannot be decompressed ({text})")
