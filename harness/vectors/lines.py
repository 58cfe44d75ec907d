"""The lines of one file of vectors, with an account of what it is made of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from harness.account import WHITE, Account
from harness.reading.opening import blocks


class Lines:
    """Numbers (from 1) and bytes of the lines that are not blank.

    Args:
        path: a file, unpacked if it is gzip.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._text_bytes = self._blank = 0

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        """Read them, once.

        Raises:
            InputError: as `harness.reading.opening.blocks`.
        """
        number, rest = 0, [b""]
        for block in blocks(self._path):
            self._text_bytes += len(block)
            first, *more = block.split(b"\n")
            rest.append(first)
            if not more:
                continue
            for line in (b"".join(rest), *more[:-1]):
                number += 1
                if line.strip(WHITE):
                    yield number, line
                else:
                    self._blank += 1
            rest = [more[-1]]
        last = b"".join(rest)
        if last.strip(WHITE):
            yield number + 1, last
        elif last:
            self._blank += 1

    def account(self, documents: int) -> Account:
        """What was read, when all was.

        Args:
            documents: that the lines became.
        """
        size = self._path.stat().st_size  # `blocks` has used up the last byte
        return Account(size, self._text_bytes, documents, self._blank)
