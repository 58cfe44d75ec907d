"""The encoding of a text, told by its first bytes: UTF-8 goes on, others are named."""

from __future__ import annotations

import codecs

from ground.reading.damage import Damage

HEAD = 4
"""Bytes that are needed to tell."""

_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
# Where the NULs are in two or four bytes of ASCII characters.
_PATTERNS = {
    (False, True, True, True): "UTF-32",
    (True, True, True, False): "UTF-32",
    (False, True, False, True): "UTF-16",
    (True, False, True, False): "UTF-16",
}


def without_mark(head: bytes) -> bytes:
    """The beginning of a text without UTF-8's byte order mark.

    Args:
        head: at least `HEAD` bytes, where the text has so many.

    Raises:
        Damage: the text is in UTF-16 or UTF-32.
    """
    for mark, name in _MARKS:
        if head.startswith(mark):
            raise _foreign(name)
    zeros = tuple(byte == 0 for byte in head[:HEAD])
    if zeros in _PATTERNS:
        raise _foreign(_PATTERNS[zeros])
    return head.removeprefix(codecs.BOM_UTF8)


def _foreign(name: str) -> Damage:
    return Damage(f"it is text in {name}", f"Convert it to UTF-8 (iconv -f {name} -t UTF-8).")
