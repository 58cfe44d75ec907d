"""JSON as its standard has it: what Python's own reader lets pass is refused here.

Slower than the fast readers, and the one that decides where they may have lost something.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

_MOST_DIGITS = 400
"""Of an integer; a float has no more than 309 before its point."""

_HALF = re.compile("[\ud800-\udfff]")
_SHOWN = 40


class RepeatedKey(ValueError):
    """An object names a key twice, however it is spelled.

    Attributes:
        key: the one that it names twice.
    """

    def __init__(self, key: str) -> None:
        super().__init__(f"it names {shown(key)} twice")
        self.key = key


class BadNumber(ValueError):
    """A number that JSON does not have, or that no double can hold."""


def loads(data: bytes) -> Any:
    """Read one JSON text.

    Args:
        data: in UTF-8, without a byte order mark.

    Raises:
        RepeatedKey: an object names a key twice.
        BadNumber: NaN and Infinity; a number that is infinite as a double, or negative and too
            small for one; an integer of more than 400 digits.
        ValueError: malformed JSON; text that is no UTF-8, or holds half of a character; more
            nesting than Python takes. The message is a clause, as with the others.
    """
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise ValueError(f"byte {error.start + 1:,} is no UTF-8") from None
    try:
        found = json.loads(
            text,
            object_pairs_hook=_object,
            parse_float=_float,
            parse_int=_integer,
            parse_constant=_refuse_constant,
        )
    except json.JSONDecodeError as error:
        raise ValueError(f"{error.msg}, at its character {error.pos + 1:,}") from None
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
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


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise RepeatedKey(key)
            seen.add(key)
    return found


def _float(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise BadNumber(f"the number {_short(text)} is too large")
    if value == 0 and text.startswith("-") and re.search("[1-9]", text.lower().split("e")[0]):
        raise BadNumber(f"the number {_short(text)} is negative, and too small to be told from 0")
    return value


def _integer(text: str) -> int:
    if len(text) > _MOST_DIGITS:
        raise BadNumber(f"the number {_short(text)} has {len(text.lstrip('-')):,} digits")
    return int(text)


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _refuse_constant(text: str) -> float:
    raise BadNumber(f"{text} is no number in JSON")


def _refuse_halves(found: Any) -> None:
    """Refuse an escaped half of a character, which no file can store."""
    rest = [found]
    while rest:
        value = rest.pop()
        if isinstance(value, str) and _HALF.search(value):
            raise ValueError(f"{ascii(value)} holds half of a character")
        if isinstance(value, dict):
            rest.extend(value)
            rest.extend(value.values())
        elif isinstance(value, list):
            rest.extend(value)
