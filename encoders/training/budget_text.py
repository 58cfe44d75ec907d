"""A budget of postings as people write it."""

from __future__ import annotations

import math

from ground.errors import InputError

BM25 = "bm25"
"""As many postings as BM25 reads: looked up before a training begins."""


def budget_terms(text: str) -> tuple[int, int]:
    """Terms of a query and of a document, from ``qk:dk``.

    Raises:
        InputError: it is no such pair.
    """
    query, colon, document = text.partition(":")
    if colon and query.isdecimal() and document.isdecimal():
        return int(query), int(document)
    raise InputError(f"--budget-terms {text!r}: give QK:DK, such as 7:20; 0 stands for all.")


def budget_postings(text: str) -> float:
    """Postings a query, from text.

    Raises:
        InputError: it is no number above 0.
    """
    try:
        found = float(text)
    except ValueError:
        found = 0.0
    if not (math.isfinite(found) and found > 0):
        raise InputError(f"--budget {text!r}: give a number of postings a query, or bm25.")
    return found
