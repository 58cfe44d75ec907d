"""What was read of a file against what is in it, counted by other means than the reader's."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Event

from ground.errors import IntegrityError

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
WHITE = b" \t\r\n"
"""What a line that is blank may hold: JSON's white space."""

_CHUNK = 1 << 20


@dataclass(frozen=True)
class Account:
    """What a file of JSON Lines, or several, are made of.

    Attributes:
        bytes: of the files, as they lie on disk.
        text_bytes: of their text, which is what they hold when decompressed.
        documents: lines that are not blank.
        blank_lines: lines that are.
        files: how many they are.
    """

    bytes: int
    text_bytes: int
    documents: int
    blank_lines: int
    files: int = 1

    def __add__(self, other: Account) -> Account:
        return Account(*(sum(pair) for pair in zip(self._numbers(), other._numbers(), strict=True)))

    def _numbers(self) -> tuple[int, ...]:
        return tuple(asdict(self).values())

    def to_dict(self) -> dict[str, int]:
        """For a manifest."""
        return asdict(self)

    def __str__(self) -> str:
        return (
            f"{self.documents:,} documents and {self.blank_lines:,} blank lines, "
            f"{self.text_bytes:,} bytes of text in a file of {self.bytes:,}"
        )


def count(path: Path, stop: Event | None = None) -> Account | str:
    """Count a file's bytes and lines, without a look at what the lines hold.

    Args:
        path: a file, through gzip where it is that.
        stop: set from another thread when the answer is not needed any more.

    Returns:
        The account; in words what is wrong, where the file cannot be read.
    """
    text_bytes, lines = 0, _LineCount()
    try:
        for chunk in _chunks(path):
            if stop and stop.is_set():
                break
            lines.add(chunk if text_bytes else chunk.removeprefix(BYTE_ORDER_MARK))
            text_bytes += len(chunk)
        size = path.stat().st_size
    except (OSError, EOFError, zlib.error) as error:
        return f"unreadable ({error})"
    lines.finish()
    return Account(size, text_bytes, lines.written, lines.blank)


class _LineCount:
    """Counts the lines of a text that comes in pieces; a line may be longer than memory."""

    def __init__(self) -> None:
        self.written = self.blank = 0
        self._is_begun = self._is_written = False

    def add(self, chunk: bytes) -> None:
        first, *more = chunk.split(b"\n")
        self._go_on(first)
        if more:
            self._end()
            whole = sum(map(bool, map(_stripped, more[:-1])))
            self.written += whole
            self.blank += len(more) - 1 - whole
            self._go_on(more[-1])

    def finish(self) -> None:
        if self._is_begun:
            self._end()

    def _go_on(self, piece: bytes) -> None:
        self._is_begun |= bool(piece)
        self._is_written |= bool(_stripped(piece))

    def _end(self) -> None:
        self.written += self._is_written
        self.blank += not self._is_written
        self._is_begun = self._is_written = False


def total(accounts: Iterable[Account]) -> Account:
    """The account of several files."""
    return sum(accounts, Account(0, 0, 0, 0, 0))


def check_account(path: Path, read: Account, counted: Account | str) -> None:
    """Check that all of a file was read.

    Raises:
        IntegrityError: a count of the file's own gives something else.
    """
    if read != counted:
        raise IntegrityError(
            f"{path} was read as {read}; counted, it is {counted}. Either it was changed while it "
            f"was read, or the reader is wrong. Nothing was written; start again, and report it "
            f"if it happens twice."
        )


def _stripped(line: bytes) -> bytes:
    return line.strip(WHITE)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        is_packed = file.read(2) == b"\x1f\x8b"
    with gzip.open(path, "rb") if is_packed else path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk
