"""What cards, negatives, words and running text say: oracles as those of `formats`."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from formats import new, some
from strict import Refused, is_number, lines_of, parse_object, text_of


def card(data: bytes) -> tuple[str | None, str | None]:
    """A data set's card: its name and its language, both text."""
    found = parse_object(text_of(data))
    for name in ("name", "language"):
        if found.get(name) is not None and not isinstance(found[name], str):
            raise Refused(f"{name} is no text")
    return found.get("name") or None, found.get("language") or None


def candidates(data: bytes) -> list[Any]:
    """Hard negatives, and a teacher's scores, by query."""
    found: dict[str, Any] = {}
    pieces = ((line, piece) for line, text in lines_of(data) for piece in text.split("\r"))
    for line, record in (
        (line, parse_object(piece, line)) for line, piece in pieces if piece.strip()
    ):
        query = record.get("query_id")
        if not isinstance(query, str):
            raise Refused("no query_id", line)
        new(found, query, line)
        positive, negative = (_entries(record, key, line) for key in ("positives", "negatives"))
        both = positive.keys() & negative.keys()
        if any(positive[name] != negative[name] for name in both):
            raise Refused("two scores", line)
        scores = {n: float(s) for n, s in {**positive, **negative}.items() if s is not None}
        found[query] = (list(negative), scores)
    return list(some(found).items())


def _entries(record: dict[str, Any], key: str, line: int) -> dict[str, Any]:
    entries = record.get(key, [])
    if not isinstance(entries, list):
        raise Refused(f"{key} is no list", line)
    found: dict[str, Any] = {}
    for entry in entries:
        name, score = entry, None
        if isinstance(entry, dict):
            name, score = entry.get("id"), entry.get("score")
        if not isinstance(name, str):
            raise Refused("an entry without an id", line)
        if score is not None and not (is_number(score) and abs(score) <= Decimal(1.7e308)):
            raise Refused("a score that is no finite number", line)
        if found.setdefault(name, score) != score:
            raise Refused("two scores", line)
    return found


def vocabulary(data: bytes) -> list[str]:
    """Words, one a line, every one once."""
    lines = [word for line in text_of(data).split("\n") for word in line.rstrip("\r").split("\r")]
    words = lines[:-1] if lines[-1] == "" else lines
    for line, word in enumerate(words, 1):
        if not word or any(map(str.isspace, word)) or "\0" in word or word in words[: line - 1]:
            raise Refused(f"{word!r} is no term", line)
    return list(some(words))


def paragraphs(data: bytes) -> list[str]:
    """Running text, a paragraph a line."""
    return [p.strip() for p in re.split("\r\n|\n|\r", text_of(data)) if p.strip()]
