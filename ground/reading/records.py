"""Records of JSON Lines files, and the ids and texts in them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ground.errors import InputError
from ground.reading.lines import byte_lines
from ground.reading.strict_json import JsonFault, parse, shown

LONGEST_ID = 32_766
"""Bytes of the longest term that Lucene indexes; ids are terms."""

# \s is what str.isspace says, the mark at the beginning of files nobody sees.
_NO_ID = re.compile("^$|[\\s\ufeff\\x00\ud800-\udfff]")


def records(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """(line number, JSON object) of a JSON Lines file; blank lines are passed over.

    Raises:
        InputError: as `ground.reading.lines.byte_lines`; a line is not a JSON object.
    """
    for number, line in byte_lines(path):
        if line and not line.isspace():
            yield number, record(line, path, number)


def record(line: bytes | str, path: Path, number: int) -> dict[str, Any]:
    """The JSON object on a line.

    Raises:
        InputError: it is not one.
    """
    try:
        value = parse(line if isinstance(line, bytes) else line.encode("utf-8", "surrogatepass"))
    except JsonFault as fault:
        raise InputError(
            f"{path}, line {number}: {fault}; every line holds one JSON object."
        ) from None
    if not isinstance(value, dict):
        raise InputError(
            f"{path}, line {number}: a JSON {type(value).__name__}, where an object "
            f'such as {{"_id": "d1", "title": "..."}} is needed on every line.'
        )
    return value


def record_id(record: dict[str, Any], path: Path, number: int) -> str:
    """The id of a record (``_id`` or ``id``); whole numbers become strings.

    Raises:
        InputError: it is missing, empty, not a string or number, or holds white space; or the
            record has both names with different ids.
    """
    value = _id(record["_id"] if "_id" in record else record.get("id"), path, number)
    if "id" in record and "_id" in record and _id(record["id"], path, number) != value:
        raise InputError(
            f"{path}, line {number}: the record has the `_id` {shown(record['_id'])} and the "
            f"`id` {shown(record['id'])}. Keep one of the two."
        )
    return value


def _id(value: Any, path: Path, number: int) -> str:
    if type(value) is int:
        value = str(value)
    if type(value) is not str or not value:
        what = "is missing" if value is None else f"is {shown(value)}"
        raise InputError(
            f"{path}, line {number}: the id {what}. Every record needs an `_id` that is a "
            f"string (or a whole number below 2^64) and not empty."
        )
    return clean_id(value, path, number)


def clean_id(value: str, path: Path, number: int) -> str:
    """An id that a TREC run and an index can hold.

    Raises:
        InputError: it is empty, too long, or holds white space or what nobody can see.
    """
    if fault := fault_of_id(value):
        raise InputError(f"{path}, line {number}: {fault}")
    return value


def fault_of_id(value: str) -> str | None:
    """Why a TREC run or an index cannot hold an id, in a sentence; None if they can."""
    if not (value and _is_plain(value)) and _NO_ID.search(value):
        return _why_no_id(value)
    if 4 * len(value) > LONGEST_ID and len(value.encode()) > LONGEST_ID:
        return (
            f"the id that begins with {value[:40]!r} has {len(value.encode()):,} bytes, and an "
            f"index holds ids of at most {LONGEST_ID:,}. Shorten it."
        )
    return None


def _is_plain(value: str) -> bool:
    """Whether an id is of ASCII's visible characters: quick to tell, and true of most."""
    return value.isascii() and value.isprintable() and " " not in value


def _why_no_id(value: str) -> str:
    found = _NO_ID.search(value)
    if found and found[0].strip():
        return (
            f"the id {json.dumps(value[:80])} holds {json.dumps(found[0])}, which is no character "
            f"that can be shown (a byte order mark, a NUL, or half a character). Remove it."
        )
    return (
        f"the id {value[:80]!r} is empty or holds white space, which TREC run and judgment files "
        f"cannot represent. Replace the white space (for example with '_') in the collection, "
        f"the queries and the judgments."
    )


def text_field(record: dict[str, Any], name: str, path: Path, number: int) -> str:
    """A string field of a record; missing or null is the empty string.

    Raises:
        InputError: it is something else.
    """
    value = record.get(name)
    if value is None:
        return ""
    if type(value) is not str:
        raise InputError(
            f"{path}, line {number}: field {name!r} is a {type(value).__name__}, where a string "
            f"is needed. Convert it (join lists, spell numbers)."
        )
    return value
