"""One line of a file of vectors: its id and its weights, or what is wrong with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import orjson

from harness import strict_json
from harness.errors import InputError

_OTHER_FORMS = {
    b"\x1f\x8b": "compressed with gzip, and its name does not end in .gz; rename it",
    b"BZh": "compressed with bzip2; decompress it",
    b"\x28\xb5\x2f\xfd": "compressed with zstd; decompress it",
    b"\xfd7zXZ": "compressed with xz; decompress it",
    b"PK\x03\x04": "a zip archive; unpack it",
    b"\xff\xfe": "text in UTF-16; write it in UTF-8",
    b"\xfe\xff": "text in UTF-16; write it in UTF-8",
}


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
        what = "has no id" if name in (None, "") else f"has the id {strict_json.shown(name)}"
        raise InputError(
            f'{path}, line {number}: the vector {what}. Every line needs an "id" that is a '
            f"string without white space, as TREC runs and qrels do."
        )
    if not isinstance(vector, dict):
        raise InputError(
            f'{path}, line {number}: {strict_json.shown(name)} has no "vector" object that maps '
            f"terms to weights."
        )
    return name, vector


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
        return strict_json.loads(line)
    except ValueError as error:
        raise InputError(f"{path}, line {number}: {_why(number, line, error)}") from None


def _why(number: int, line: bytes, error: ValueError) -> str:
    form = next((text for start, text in _OTHER_FORMS.items() if line.startswith(start)), None)
    if number == 1 and form:
        return f"the file is {form}."
    if b"\x00" in line:
        zeros = line.count(b"\x00")
        return (
            f"the line holds {zeros:,} NUL bytes, as a crash or a broken copy leaves them. Copy "
            f"or make the file again; nothing was written."
        )
    name = _name(line)
    if isinstance(error, strict_json.RepeatedKey):
        key = strict_json.shown(error.key)
        return f"the vector {name} names {key} twice. Add up or remove one of the two."
    if isinstance(error, strict_json.BadNumber):
        return (
            f"in the vector {name}, {error}. Impact weights are finite and not negative; encode "
            f"this text again."
        )
    return f"malformed JSON: {error}. Mend or remove the line; nothing was written."


def _name(line: bytes) -> str:
    """The id of a line that may be malformed, as far as it can be found out."""
    try:
        name = json.loads(line.decode(errors="replace"), parse_int=str).get("id")
    except (ValueError, RecursionError, AttributeError):
        return "of this line"
    return ascii(name) if isinstance(name, str) else "of this line"
