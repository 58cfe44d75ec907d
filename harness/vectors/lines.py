"""The lines of one file of vectors, with an account of every byte of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from harness.account import BYTE_ORDER_MARK, WHITE, Account
from harness.errors import InputError
from harness.gzipped import GzipDamage, GzipMembers, gzip_refusal, open_gzip


class Lines:
    """Numbers (from 1) and bytes of the lines that are not blank.

    Args:
        path: a file, decompressed if its name ends in ``.gz``.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._members: GzipMembers | None = None
        self._text_bytes = self._blank = self._number = 0

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        """Read them, once.

        Raises:
            InputError: the file cannot be opened or read, or is not the gzip that it should be.
        """
        try:
            with self._open() as stream:
                for line in stream:
                    text = line if self._number else line.removeprefix(BYTE_ORDER_MARK)
                    self._text_bytes += len(line)
                    self._number += bool(text)
                    if text.strip(WHITE):
                        yield self._number, text
                    else:
                        self._blank += bool(text)
        except OSError as error:
            where = f" behind line {self._number:,}" if self._number else ""
            raise InputError(f"{self._path} cannot be read{where}: {error.strerror}.") from None
        except GzipDamage as damage:
            raise gzip_refusal(self._path, damage, self._number) from None

    def _open(self) -> BinaryIO:
        if self._path.suffix != ".gz":
            return self._path.open("rb")
        stream, self._members = open_gzip(self._path)
        return stream

    def account(self, documents: int) -> Account:
        """What was read, when all was.

        Args:
            documents: that the lines became.
        """
        size = self._members.consumed if self._members else self._text_bytes
        return Account(size, self._text_bytes, documents, self._blank)
