"""JSON read strictly, as `harness.reading.strict_json` does for what is no part of an encoder."""

from __future__ import annotations

import json
import re
from typing import Any

_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
_MOST_DIGITS = 4000


def parse_json(text: str) -> Any:
    """The value of a JSON text in which no name stands twice in its object.

    Raises:
        ValueError: it is no such text; says why.
    """
    try:
        value = json.loads(
            text, object_pairs_hook=_once, parse_constant=_no_constant, parse_int=_whole
        )
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if "\\u" in text and _HALF_CHARACTER.search(json.dumps(value, ensure_ascii=False)):
        raise ValueError("a text holds half a character (a lone surrogate)")
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"the name {name[:80]!r} stands twice in an object")
        found[name] = value
    return found


def _no_constant(word: str) -> Any:
    raise ValueError(f"{word} is no number of JSON")


def _whole(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        raise ValueError(f"a number has {len(digits)} digits")
    return int(digits)
