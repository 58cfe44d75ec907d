"""Lines of text files with their numbers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ground.errors import InputError
from ground.reading.opening import Taken, blocks, whole


def byte_lines(path: Path, taken: Taken | None = None) -> Iterator[tuple[int, bytes]]:
    """(line number from 1, line without its LF) of a file as `blocks` opens it.

    Args:
        path: the file.
        taken: to be told, at the end, how much was read.

    Raises:
        InputError: as `blocks`.
    """
    number = 1
    carried: list[bytes] = []
    for block in blocks(path, taken):
        pieces = block.split(b"\n")
        if len(pieces) == 1:
            carried.append(block)
            continue
        carried.append(pieces[0])
        pieces[0] = b"".join(carried)
        carried = [pieces.pop()]
        for piece in pieces:
            yield number, piece
            number += 1
    if last := b"".join(carried):
        yield number, last


def lines(path: Path) -> Iterator[tuple[int, str]]:
    """(line number from 1, line without LF or CR LF) of a UTF-8 file, packed or not.

    Raises:
        InputError: as `blocks`; text that is not UTF-8; a CR that ends no line.
    """
    for number, line in byte_lines(path):
        decoded = decode(line, path, number).rstrip("\r")
        if "\r" in decoded:
            raise InputError(
                f"{path}, line {number}: a carriage return in the middle of the line, as old "
                f"systems end their lines. Convert it to LF ends (tr '\\r' '\\n')."
            )
        yield number, decoded


def numbered_text_lines(path: Path) -> Iterator[tuple[int, str]]:
    """(line number from 1, line) of running text, ended by LF, CR LF or CR, as they stand.

    Lines that only a CR ends share the number of the line that an LF ends.

    Raises:
        InputError: as `blocks`; text that is not UTF-8.
    """
    for number, line in byte_lines(path):
        decoded = decode(line, path, number).rstrip("\r")
        for part in decoded.split("\r") if "\r" in decoded else (decoded,):
            yield number, part


def text_lines(path: Path) -> Iterator[str]:
    """Lines of running text as `numbered_text_lines` gives them, without their numbers.

    Raises:
        InputError: as `blocks`; text that is not UTF-8.
    """
    for _, line in numbered_text_lines(path):
        yield line


def text(path: Path) -> str:
    """All of a UTF-8 file.

    Raises:
        InputError: as `blocks`; text that is not UTF-8.
    """
    data = whole(path)
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        number = data.count(b"\n", 0, error.start) + 1
        raise not_utf8(error, path, number) from None


def decode(line: bytes, path: Path, number: int) -> str:
    """A line as text.

    Raises:
        InputError: it is not UTF-8.
    """
    try:
        return line.decode()
    except UnicodeDecodeError as error:
        raise not_utf8(error, path, number) from None


def not_utf8(error: UnicodeDecodeError, path: Path, number: int) -> InputError:
    """The refusal of a line in another encoding."""
    byte = error.object[error.start]
    return InputError(
        f"{path}, line {number}: not UTF-8 text (byte {byte:#04x}: {error.reason}). "
        f"Convert the file to UTF-8."
    )
