"""What the product's text formats say, each by its definition: the oracles of its readers.

Each function takes the bytes of a file, unpacked, and returns what a reader should find in it,
or raises `Refused`.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import numpy as np
from strict import (
    Refused,
    is_number,
    is_other,
    is_whole,
    lines_of,
    objects_of,
)

_LARGEST = Decimal(float(np.finfo(np.float32).max))
_ASCII_SPACE = " \t\n\v\f\r"
_INTEGER = re.compile(r"[+-]?[0-9]+")
_FLOAT = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
_HEADS = {
    *("query-id", "query_id", "queryid", "qid", "query", "topic", "topic-id"),
    *("corpus-id", "corpus_id", "doc-id", "doc_id", "docid", "docno", "document", "pid", "did"),
    *("score", "relevance", "rel", "grade", "label", "judgment"),
}


def identity(value: Any, line: int) -> str:
    """A string, or a whole number, that stands in a run: not empty, no white space."""
    name = str(value) if is_whole(value) else value
    if not isinstance(name, str) or not name or any(map(str.isspace, name)):
        raise Refused(f"the id {value!r}", line)
    return name


def _record_id(record: dict[str, Any], line: int) -> str:
    found = {key: identity(record[key], line) for key in ("_id", "id") if key in record}
    if len(set(found.values())) != 1:
        raise Refused("no id, or two", line)
    return found.get("_id", found.get("id", ""))


def _text(record: dict[str, Any], name: str, line: int) -> str:
    value = record.get(name)
    if value is not None and not isinstance(value, str):
        raise Refused(f"{name} is no text", line)
    return value or ""


def new(seen: Any, name: Any, line: int) -> None:
    """Refuse a name that was seen."""
    if name in seen:
        raise Refused(f"{name!r} stands twice", line)


def corpus(data: bytes) -> list[tuple[str, str, str]]:
    """Documents: id, title, text."""
    found: dict[str, tuple[str, str, str]] = {}
    for line, record in objects_of(data):
        name = _record_id(record, line)
        new(found, name, line)
        found[name] = (name, _text(record, "title", line), _text(record, "text", line))
    return list(some(found).values())


def queries(data: bytes) -> list[tuple[str, str]]:
    """Queries: id, text."""
    found: dict[str, str] = {}
    for line, record in objects_of(data):
        name = _record_id(record, line)
        new(found, name, line)
        found[name] = _text(record, "text", line)
    return list(some(found).items())


def some(found: Any) -> Any:
    """Refuse nothing."""
    if not found:
        raise Refused("nothing in it")
    return found


def qrels(data: bytes) -> list[tuple[str, str, int]]:
    """Judgments: TREC's four columns, or three between tabs under a header."""
    grades: dict[tuple[str, str], int] = {}
    tabbed: bool | None = None
    for line, text in lines_of(data):
        first, cells = tabbed is None, text.split("\t")
        if first:
            tabbed = len(cells) == 3
        cells = (
            [c.strip(_ASCII_SPACE) for c in cells]
            if tabbed
            else re.split("[ \t\v\f\r]+", text.strip(_ASCII_SPACE))
        )
        if len(cells) != (3 if tabbed else 4):
            raise Refused(f"{len(cells)} columns", line)
        if not _INTEGER.fullmatch(cells[-1]):
            if first and tabbed and _HEADS & set(map(str.lower, cells)):
                continue
            raise Refused(f"the grade {cells[-1]!r}", line)
        pair = (identity(cells[0], line), identity(cells[-2], line))
        if len(cells[-1]) > 30 or not -(2**63) <= int(cells[-1]) < 2**63:
            raise Refused("a grade beyond 64 bits", line)
        if grades.setdefault(pair, int(cells[-1])) != int(cells[-1]):
            raise Refused("two grades", line)
    return [(*pair, grade) for pair, grade in some(grades).items()]


def run(data: bytes) -> tuple[list[tuple[str, list[tuple[str, float]]]], str]:
    """A run: results by query, best first, equal ones by document; and the tag."""
    if is_other(data):
        raise Refused("no text in UTF-8")
    found: dict[str, dict[str, float]] = {}
    rows = [(n, row.split()) for n, row in enumerate(_without_mark(data).split(b"\n"), 1)]
    rows = rows[_comments(data) :]
    tag, whole = None, True
    for line, cells in rows:
        if not cells:
            continue
        if len(cells) != 6:
            raise Refused(f"{len(cells)} columns", line)
        try:
            query, document, score = (cells[i].decode() for i in (0, 2, 4))
            tag = cells[5].decode() if tag is None else tag
        except UnicodeDecodeError:
            raise Refused("not UTF-8", line) from None
        if not _FLOAT.fullmatch(score) or abs(float(score)) == float("inf"):
            raise Refused(f"the score {score!r}", line)
        results = found.setdefault(query, {})
        new(results, document, line)
        whole = whole and bool(_INTEGER.fullmatch(score)) and abs(float(score)) < 2**63
        results[document] = float(score)
    order = [
        (q, sorted(r.items(), key=lambda one: (-one[1], one[0]))) for q, r in some(found).items()
    ]
    return order, str(tag)


def _without_mark(data: bytes) -> bytes:
    return data.removeprefix(b"\xef\xbb\xbf")


def _comments(data: bytes) -> int:
    """How many lines at the top are comments: ``#`` alone or before a space, and no result."""
    count = 0
    for row in _without_mark(data).split(b"\n"):
        cells = row.split()
        if (
            cells[:1] != [b"#"]
            or not row.startswith(b"#")
            or (len(cells) == 6 and cells[1] == b"Q0")
        ):
            break
        count += 1
    return count


def vectors(data: bytes) -> tuple[list[tuple[str, dict[str, float]]], int]:
    """Impact vectors: ids with their weights, and how many weights were zero."""
    rows: dict[str, dict[str, Decimal]] = {}
    for line, record in objects_of(data):
        name, vector = identity(record.get("id"), line), record.get("vector")
        new(rows, name, line)
        if not isinstance(vector, dict) or not all(map(is_number, vector.values())):
            raise Refused("no vector of numbers", line)
        for term, weight in vector.items():
            if term.split() != [term] or not 0 <= weight <= _LARGEST:
                raise Refused(f"the weight {weight} of {term!r}", line)
        rows[name] = vector
    weights = [weight for vector in some(rows).values() for weight in vector.values()]
    if all(map(is_whole, weights)) and any(weight >= 2**24 for weight in weights):
        raise Refused("an impact that scores do not hold")
    kept = {
        name: {term: float(np.float32(float(weight))) for term, weight in vector.items()}
        for name, vector in rows.items()
    }
    zeros = sum(weight == 0 for vector in kept.values() for weight in vector.values())
    return [(n, {t: w for t, w in v.items() if w}) for n, v in kept.items()], zeros
