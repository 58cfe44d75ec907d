"""JSON read strictly: what parsers let pass in silence is a fault that says what it is."""

from __future__ import annotations

import json
import math
import re
from typing import Any

import orjson

_BACKSLASH = ord("\\")
_SURROGATE = re.compile("[\ud800-\udfff]")
_POSITION = re.compile(r": line 1 column (\d+) \(char \d+\)$")
_MOST_DIGITS = 400
"""Of an integer; a float has no more than 309 before its point."""

_SHOWN = 40


class JsonFault(ValueError):
    """Why a text is no JSON that can be used, and what to do about it.

    Attributes:
        what: the reason, a clause.
    """

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(f"{what}. {remedy}")
        self.what = what


class RepeatedName(JsonFault):
    """An object names something twice, however it is spelled.

    Attributes:
        name: the one that stands twice.
    """

    def __init__(self, name: str) -> None:
        super().__init__(
            f"the name {_plain(name)} stands twice in an object", "Remove one of the two"
        )
        self.name = name


class BadNumber(JsonFault):
    """A number that JSON does not have, or that no float64 can hold."""


def parse(data: bytes) -> Any:
    """The value of a JSON text, in which no name stands twice in an object, at any depth.

    Raises:
        JsonFault: malformed; a name that stands twice; NaN or Infinity; a number beyond float64;
            half a character; not UTF-8; nested too deeply.
    """
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        parse_strictly(data)
        raise _malformed(str(error)) from None
    if (_BACKSLASH in data and b"u003" in data) or data.count(b":") != _colons(value):
        _refuse_repeated_names(data)
    return value


def parse_strictly(data: bytes) -> Any:
    """The same by Python's own reader: slower, and it decides where `parse` could lose something.

    Raises:
        JsonFault: as `parse`; also a number that is negative and too small to be told from 0, and
            an integer of more than 400 digits.
    """
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        byte = f"byte {data[error.start]:#04x}: {error.reason}"
        raise JsonFault(f"not UTF-8 text ({byte})", "Convert the file to UTF-8") from None
    try:
        found = json.loads(
            text,
            object_pairs_hook=_object,
            parse_float=_float,
            parse_int=_integer,
            parse_constant=_refuse_constant,
        )
    except json.JSONDecodeError as error:
        raise _malformed(str(error)) from None
    except RecursionError:
        raise _nested() from None
    if "\\u" in text:
        _refuse_halves(found)
    return found


def shown(value: object) -> str:
    """A value as messages show it: not too long, and not what nested ones hold."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    if isinstance(value, str):
        return repr(value) if len(value) <= _SHOWN else f"{value[:_SHOWN]!r}..."
    return _short(str(value))


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
        raise _nested() from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                raise RepeatedName(name)
            seen.add(name)
    return found


def _float(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise BadNumber(f"the number {_short(text)} is too large", "Write a smaller one")
    if value == 0 and text.startswith("-") and re.search("[1-9]", text.lower().split("e")[0]):
        raise BadNumber(
            f"the number {_short(text)} is negative, and too small to be told from 0", "Write 0"
        )
    return value


def _integer(text: str) -> int:
    if len(text) > _MOST_DIGITS:
        digits = len(text.lstrip("-"))
        raise BadNumber(f"the number {_short(text)} has {digits:,} digits", "Write a smaller one")
    return int(text)


def _refuse_constant(text: str) -> float:
    raise BadNumber(f"{text}, which JSON does not have", "Write null, or leave it out")


def _refuse_halves(found: Any) -> None:
    """Refuse an escaped half of a character, which no file can store."""
    rest = [found]
    while rest:
        value = rest.pop()
        if isinstance(value, str) and (half := _SURROGATE.search(value)):
            raise JsonFault(
                f"half a character ({_plain(half[0])}, a lone surrogate): a text was cut in the "
                f"middle of a character",
                "Cut it elsewhere, or replace what is left of it",
            )
        if isinstance(value, dict):
            rest.extend(value)
            rest.extend(value.values())
        elif isinstance(value, list):
            rest.extend(value)


def _malformed(why: str) -> JsonFault:
    return JsonFault(f"malformed JSON ({_POSITION.sub(_column, why)})", "Correct it")


def _column(match: re.Match[str]) -> str:
    return f" at column {match[1]}"


def _nested() -> JsonFault:
    return JsonFault("arrays or objects nested too deeply to be read", "Flatten them")


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _plain(text: str) -> str:
    """A name for messages, with escapes for what no terminal can show."""
    return json.dumps(text) if _SURROGATE.search(text) else json.dumps(text, ensure_ascii=False)
