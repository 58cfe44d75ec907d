"""One line of a file of vectors: its id and its weights, or what is wrong with it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from harness.errors import InputError
from harness.reading import strict_json

_DIGIT = re.compile("[1-9]")
_SHOWN = 40


def parse(path: Path, number: int, line: bytes) -> tuple[str, dict[str, Any]]:
    """The id and the vector of a line; the weights may be anything that JSON has.

    Raises:
        InputError: the line is not one JSON object with an id and a vector, names a key twice,
            or holds what JSON does not have.
    """
    try:
        record = strict_json.parse(line)
    except strict_json.JsonFault as fault:
        raise InputError(f"{path}, line {number}{_whose(line)}: {fault}.") from None
    if not isinstance(record, dict):
        raise InputError(f"{path}, line {number}: expected a JSON object, found {line[:40]!r}.")
    name, vector = record.get("id"), record.get("vector")
    if isinstance(name, float):
        name = exactly(path, number, line)["id"]
    if isinstance(name, int) and not isinstance(name, bool):
        name = str(name)
    if not isinstance(name, str) or not name or name.split() != [name]:
        what = "has no id" if name in (None, "") else f"has the id {shown(name)}"
        raise InputError(
            f'{path}, line {number}: the vector {what}. Every line needs an "id" that is a '
            f"string without white space, as TREC runs and qrels do."
        )
    if not isinstance(vector, dict):
        raise InputError(
            f'{path}, line {number}: {shown(name)} has no "vector" object that maps '
            f"terms to weights."
        )
    return name, vector


def exactly(path: Path, number: int, line: bytes) -> dict[str, Any]:
    """The record of a line that `parse` has read, with numbers that its parser changes.

    It makes floats of integers beyond 64 bits, and zeros of negative numbers that are too small.

    Raises:
        InputError: there is such a negative number.
    """

    def number_of(text: str) -> float:
        if text.startswith("-") and float(text) == 0 and _DIGIT.search(text.lower().split("e")[0]):
            raise InputError(
                f"{path}, line {number}{_whose(line)}: the number {_short(text)} is negative. "
                f"Impact weights are finite and not negative."
            )
        return float(text)

    found: dict[str, Any] = json.loads(line, parse_float=number_of)
    return found


def shown(value: object) -> str:
    """A value as messages show it: not too long, and not what nested ones hold."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    short = _short(str(value))
    return repr(short) if isinstance(value, str) else short


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _whose(line: bytes) -> str:
    """The id of a malformed line, as far as it can be found out."""
    try:
        name = json.loads(line.decode(errors="replace"), parse_int=str).get("id")
    except (ValueError, RecursionError, AttributeError):
        return ""
    return f", the vector {shown(name)}" if isinstance(name, str) else ""
