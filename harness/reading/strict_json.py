"""JSON read strictly: what parsers let pass in silence is a fault that says what it is."""

from __future__ import annotations

import json
import re
from typing import Any

import orjson

_SURROGATE = re.compile("[\ud800-\udfff]")
_POSITION = re.compile(r": line 1 column (\d+) \(char \d+\)$")


class JsonFault(ValueError):
    """Why a text is no JSON that can be used."""


def parse(data: bytes) -> Any:
    """The value of a JSON text, in which no name stands twice in an object, at any depth.

    Raises:
        JsonFault: malformed; a name that stands twice; NaN or Infinity; a number beyond float64;
            half a character; not UTF-8; nested too deeply.
    """
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise JsonFault(_why_malformed(data, error)) from None
    if b"u003" in data or data.count(b":") != _colons(value):
        _refuse_repeated_names(data)
    return value


def _colons(value: Any) -> int:
    r"""Colons of a value written as JSON: one a name, and those inside of names and strings.

    The text that it was read from has as many, unless the parser dropped a name that stood twice
    (each has a colon, and none can add one), or wrote a colon as ``\u003a``.
    """
    try:
        return orjson.dumps(value).count(b":")
    except TypeError:  # nested deeper than it writes, yet not deeper than it reads
        return -1


def _refuse_repeated_names(data: bytes) -> None:
    try:
        # A long integer is no fault here, and costs time that grows with its square.
        json.loads(data, object_pairs_hook=_object, parse_int=len)
    except RecursionError:
        raise JsonFault(_NESTED) from None


_NESTED = "arrays or objects nested too deeply to be read. Flatten them"


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise JsonFault(
            f"the name {_plain(twice)} stands twice in an object. Remove one of the two"
        )
    return found


def _why_malformed(data: bytes, error: orjson.JSONDecodeError) -> str:
    try:
        text = data.decode()
    except UnicodeDecodeError as fault:
        byte = data[fault.start]
        return f"not UTF-8 text (byte {byte:#04x}: {fault.reason}). Convert the file to UTF-8"
    unknown: list[str] = []
    half = None
    try:
        value = json.loads(text, parse_constant=unknown.append, parse_int=len)
        half = _SURROGATE.search(json.dumps(value, ensure_ascii=False))
    except RecursionError:
        return _NESTED
    except ValueError:
        unknown = []
    if unknown:
        return f"{unknown[0]}, which JSON does not have. Write null, or leave it out"
    if half:
        return (
            f"half a character ({_plain(half[0])}, a lone surrogate): a text was cut in the middle "
            f"of a character. Cut it elsewhere, or replace what is left of it"
        )
    return f"malformed JSON ({_POSITION.sub(_column, str(error))}). Correct it"


def _column(match: re.Match[str]) -> str:
    return f" at column {match[1]}"


def _plain(text: str) -> str:
    """A name for messages, with escapes for what no terminal can show."""
    return json.dumps(text) if _SURROGATE.search(text) else json.dumps(text, ensure_ascii=False)
