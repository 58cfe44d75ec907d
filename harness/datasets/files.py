"""Reading lines and JSON records, packed or not, with the place of every error."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

import orjson

from harness.errors import InputError


def existing(path: Path) -> Path:
    """The path itself, or the one with ``.gz``, whichever exists.

    Raises:
        InputError: neither does.
    """
    found = optional(path)
    if found is None:
        raise InputError(f"{path} does not exist (nor does {path.name}.gz). Check the path.")
    return found


def optional(path: Path) -> Path | None:
    """The path itself, or the one with ``.gz``, or None."""
    for candidate in (path, path.with_name(path.name + ".gz")):
        if candidate.is_file():
            return candidate
    return None


def lines(path: Path) -> Iterator[tuple[int, str]]:
    """(line number from 1, line without its end) of a UTF-8 file, unpacked where it ends in .gz.

    Raises:
        InputError: the file cannot be read, unpacked or decoded.
    """
    number = 0
    try:
        with _open(path) as stream:
            for number, line in enumerate(stream, start=1):  # noqa: B007 - used in the error
                yield number, line.rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path}, after line {number}: not UTF-8 text ({error.reason}). Convert the file."
        ) from None
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise InputError(
            f"{path}, after line {number}: the gzip data are damaged or cut off ({error}). "
            f"Copy or compress the file again."
        ) from None
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}.") from None


def records(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """(line number, JSON object) of a JSON Lines file; blank lines are passed over.

    Raises:
        InputError: a line is not a JSON object.
    """
    for number, line in lines(path):
        if line.strip():
            yield number, record(line, path, number)


def record(line: str, path: Path, number: int) -> dict[str, Any]:
    """The JSON object on a line.

    Raises:
        InputError: it is not one.
    """
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise InputError(
            f"{path}, line {number}: malformed JSON ({error}). "
            f"Every line must hold one JSON object."
        ) from None
    if not isinstance(value, dict):
        raise InputError(
            f"{path}, line {number}: a JSON {type(value).__name__}, where an object "
            f'such as {{"_id": "d1", "title": "..."}} is needed.'
        )
    return value


def record_id(record: dict[str, Any], path: Path, number: int) -> str:
    """The id of a record (``_id`` or ``id``); whole numbers become strings.

    Raises:
        InputError: it is missing, empty, not a string or number, or holds white space.
    """
    value = record.get("_id", record.get("id"))
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not value:
        what = "is missing" if value is None else f"is {value!r}"
        raise InputError(
            f"{path}, line {number}: the id {what}. Every record needs an `_id` that is a "
            f"string (or a whole number) and not empty."
        )
    return clean_id(value, path, number)


def clean_id(value: str, path: Path, number: int) -> str:
    """An id that a TREC run can hold.

    Raises:
        InputError: it is empty or holds white space.
    """
    if not value or any(c.isspace() for c in value):
        raise InputError(
            f"{path}, line {number}: the id {value!r} is empty or holds white space, which TREC "
            f"run and judgment files cannot represent. Replace the white space (for example "
            f"with '_') in the collection, the queries and the judgments."
        )
    return value


def text_field(record: dict[str, Any], name: str, path: Path, number: int) -> str:
    """A string field of a record; missing or null is the empty string.

    Raises:
        InputError: it is something else.
    """
    value = record.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InputError(
            f"{path}, line {number}: field {name!r} is a {type(value).__name__}, where a string "
            f"is needed. Convert it (join lists, spell numbers)."
        )
    return value


def _open(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return io.TextIOWrapper(gzip.open(path), encoding="utf-8-sig", newline="\n")
    return path.open(encoding="utf-8-sig", newline="\n")
