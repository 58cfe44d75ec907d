"""The lines of one file of vectors, with an account of every byte of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ground.reading import Taken, byte_lines
from harness.vectors.account import WHITE, Account


class Lines:
    """Numbers (from 1) and bytes of the lines that are not blank.

    Args:
        path: a file, packed or not.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._taken = Taken()
        self._blank = 0

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        """Read them, once.

        Raises:
            InputError: the file cannot be read, or is damaged (see `ground.reading.blocks`).
        """
        for number, line in byte_lines(self._path, self._taken):
            if line.strip(WHITE):
                yield number, line
            else:
                self._blank += 1

    def account(self, documents: int) -> Account:
        """What was read, when all was.

        Args:
            documents: that the lines became.
        """
        return Account(self._taken.bytes, self._taken.text_bytes, documents, self._blank)
