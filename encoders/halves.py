"""Halves of characters (lone surrogates), which no tokenizer takes: the same as BM25's."""

from __future__ import annotations


def mended(text: str) -> str:
    """The text with a question mark for each half of a character."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text
