"""Halves of characters (lone surrogates), which no UTF-8 has bytes for."""

from __future__ import annotations


def mended(text: str) -> str:
    """The text with a question mark for each half of a character.

    Python has them from bytes that are not UTF-8 on a command line, and from escapes such as a
    half of a pair (D83D alone) in JSON; tokenizers, Lucene and terminals fail at them.
    """
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text
