"""One line of a file of vectors: its id and its weights, or what is wrong with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import orjson

from ground.errors import InputError
from ground.reading.records import LONGEST_ID
from ground.reading.strict_json import (
    BadNumber,
    JsonFault,
    RepeatedName,
    parse_strictly,
    shown,
)


def parse(path: Path, number: int, line: bytes) -> tuple[str, dict[str, Any]]:
    """The id and the vector of a line; the weights may be anything that JSON has.

    Raises:
        InputError: the line is not one JSON object with an id and a vector, names a key twice,
            or holds what JSON does not have.
    """
    record = _read_fast(line)
    if record is None:
        record = read_strictly(path, number, line)
    if not isinstance(record, dict):
        raise InputError(f"{path}, line {number}: expected a JSON object, found {line[:40]!r}.")
    name, vector = record.get("id"), record.get("vector")
    if isinstance(name, int) and not isinstance(name, bool):
        name = str(name)
    if not isinstance(name, str) or not name or name.split() != [name]:
        what = "has no id" if name in (None, "") else f"has the id {shown(name)}"
        raise InputError(
            f'{path}, line {number}: the vector {what}. Every line needs an "id" that is a '
            f"string without white space, as TREC runs and qrels do."
        )
    if is_too_long(name):
        raise InputError(
            f"{path}, line {number}: the id {shown(name)} has {len(name.encode()):,} bytes, and an "
            f"index holds ids of at most {LONGEST_ID:,}. Shorten it."
        )
    if not isinstance(vector, dict):
        raise InputError(
            f'{path}, line {number}: {shown(name)} has no "vector" object that maps '
            f"terms to weights."
        )
    return name, vector


def is_too_long(name: str) -> bool:
    """Whether Lucene would refuse an id."""
    return 4 * len(name) > LONGEST_ID and len(name.encode()) > LONGEST_ID


def _read_fast(line: bytes) -> dict[str, Any] | None:
    """The line's record; None if it is wrong, or a key that stands twice could be lost."""
    if b"\\" in line:
        return None
    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(record, dict) or isinstance(record.get("id"), float):
        return None
    vector = record.get("vector")
    if not isinstance(vector, dict):
        return None
    # Without escapes, a colon of the line stands behind a key or within a string. Keys that are
    # lost leave one behind, so that the sums differ.
    colons = line.count(b":") - len(record) - len(vector)
    return record if colons == 0 or colons == _within_strings(record, vector) else None


def _within_strings(record: dict[str, Any], vector: dict[str, Any]) -> int:
    """Colons within keys and texts; -1 if there are values that hold others."""
    texts = [*record, *vector]
    for value in (*record.values(), *vector.values()):
        if isinstance(value, str):
            texts.append(value)
        elif value is not vector and isinstance(value, dict | list):
            return -1
    return sum(text.count(":") for text in texts)


def read_strictly(path: Path, number: int, line: bytes) -> Any:
    """The value of a line, by the strict reader.

    Raises:
        InputError: it refuses the line.
    """
    try:
        return parse_strictly(line)
    except JsonFault as fault:
        raise InputError(f"{path}, line {number}: {_why(line, fault)}") from None


def _why(line: bytes, fault: JsonFault) -> str:
    if isinstance(fault, RepeatedName):
        key = shown(fault.name)
        return f"the vector {_name(line)} names {key} twice. Add up or remove one of the two."
    if isinstance(fault, BadNumber):
        return (
            f"in the vector {_name(line)}, {fault.what}. Impact weights are finite and not "
            f"negative; encode this text again."
        )
    return f"{fault}."


def _name(line: bytes) -> str:
    """The id of a line that may be malformed, as far as it can be found out."""
    try:
        name = json.loads(line.decode(errors="replace"), parse_int=str).get("id")
    except (ValueError, RecursionError, AttributeError):
        return "of this line"
    return ascii(name)[:80] if isinstance(name, str) else "of this line"
