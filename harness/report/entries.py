"""What a point says of itself in ``sweep.json`` or a run's metadata, checked before it is shown.

Each function takes a place, such as ``sweep.json, point 3``, for its `InputError`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ground.errors import InputError

AGAIN = "Write it again: sweep, or search, anew."
_NUMBERS = ("index_bytes", "document_terms", "latency_mean_ms", "latency_p95_ms", "flops")


def facts(given: Any, where: str) -> dict[str, Any]:
    """Numbers that are not per query; what the columns of a table need is checked."""
    if given is not None and not isinstance(given, dict):
        raise InputError(f"{where}: {str(given)[:80]!r} is no mapping. {AGAIN}")
    found = dict(given or {})
    for name in _NUMBERS:
        value = found.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise InputError(f"{where}: {name} is {str(value)[:80]!r}, no number. {AGAIN}")
    for name in ("notes", "made"):
        texts = found.get(name)
        if texts is not None and not (
            isinstance(texts, list) and all(isinstance(text, str) for text in texts)
        ):
            raise InputError(f"{where}: the {name} are no list of texts. {AGAIN}")
    return found


def text(table: Mapping[str, Any], name: str, where: str) -> str:
    """A text; empty where there is none."""
    value = table.get(name)
    if value is not None and not isinstance(value, str):
        raise InputError(f"{where}: {name} is {str(value)[:80]!r}, no text. {AGAIN}")
    return value or ""


def whole(table: Mapping[str, Any], name: str, where: str) -> int | None:
    """A number of terms; None where there is none."""
    value = table.get(name)
    if value is not None and (type(value) is not int or value < 0):
        raise InputError(f"{where}: {name} is {str(value)[:80]!r}, no number of terms. {AGAIN}")
    return value


def places(given: Any, folder: Path, where: str) -> dict[str, Path]:
    """Paths by what they are of, those seen from the sweep's folder put below it."""
    if given is None:
        return {}
    if not isinstance(given, dict) or not all(isinstance(path, str) for path in given.values()):
        raise InputError(f"{where}: the sources are no paths. {AGAIN}")
    return {what: folder / path for what, path in given.items()}
