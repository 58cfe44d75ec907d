"""The numbers of rules, written so that reading them gives the same number again."""

from __future__ import annotations


def written(value: float) -> str:
    """The shortest text for a number, without a plus, which joins rules (``1e16``)."""
    if value.is_integer() and abs(value) < 1e16:
        return str(int(value))
    return repr(value).replace("e+", "e")
