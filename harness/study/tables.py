"""Tables of a TOML file as dataclasses: every mistake is named with its place and its remedy."""

from __future__ import annotations

import difflib
import math
import reprlib
from collections.abc import Iterable, Mapping
from dataclasses import Field, fields
from typing import Any, TypeVar, get_type_hints

from ground.errors import InputError

T = TypeVar("T")
_LARGEST = 2**53
"""Of whole numbers: no setting needs more, and up to here floats are exact."""
_LONGEST = 80

_NAMES = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text",
    list: "a list",
    dict: "a table",
}


def read_table(kind: type[T], table: Any, where: str) -> T:
    """Make a dataclass from a table.

    Limits are those that a field declares in its metadata: ``low``, ``high``, ``choices``.

    Args:
        kind: the dataclass.
        table: what the file holds.
        where: how messages call the place, such as ``study.toml, [pretrain]``.

    Raises:
        InputError: no table, an unknown or missing key, a value of another type, or one outside
            its limits.
    """
    values = checked_values(kind, table, where)
    try:
        return kind(**values)
    except TypeError as error:
        missing = str(error).rpartition(": ")[2]
        raise InputError(f"{where} lacks {missing}; add it.") from None
    except ValueError as error:
        raise InputError(f"{where}: {error}") from None


def checked_values(kind: type[Any], table: Any, where: str) -> dict[str, Any]:
    """Values of some of a dataclass's fields, each checked; see `read_table`."""
    if not isinstance(table, Mapping):
        raise InputError(f"{where} must be a table, not {shown(table)}.")
    known = {one.name: one for one in fields(kind)}
    hints = get_type_hints(kind)
    for name in table:
        if name not in known:
            raise unknown(name, known, where)
    return {n: _value(known[n], hints[n], v, f"{where}, {n}") for n, v in table.items()}


def unknown(name: str, known: Iterable[str], where: str) -> InputError:
    """The error of a key that nothing reads."""
    names = list(known)
    close = difflib.get_close_matches(name, names, n=1)
    remedy = f"Did you mean {close[0]}?" if close else f"Known are: {', '.join(names)}."
    return InputError(f"{where} has no setting {name!r}. {remedy}")


def shown(value: Any) -> str:
    """A value as messages show it: not more of it than fits into a line."""
    try:
        whole = repr(value)
    except (RecursionError, ValueError):  # nested too deep; a number of too many digits
        return reprlib.repr(value) if not isinstance(value, int) else "a number of many digits"
    return whole if len(whole) <= _LONGEST else f"{whole[:_LONGEST]}..."


def _value(declared: Field[Any], kind: Any, value: Any, where: str) -> Any:
    origin = getattr(kind, "__origin__", kind)
    if origin is tuple:
        return _items(kind.__args__[0], value, where)
    if type(value) is int and abs(value) > _LARGEST:
        raise InputError(f"{where}: {shown(value)} is too large: give at most {_LARGEST}.")
    if kind is float and type(value) is int:
        value = float(value)
    if type(value) is not origin:
        raise InputError(f"{where}: {shown(value)} is not {_NAMES.get(origin, origin)}.")
    if origin is float and not math.isfinite(value):
        raise InputError(f"{where}: {value} is no finite number.")
    _check_limits(declared.metadata, value, where)
    return value


def _items(kind: Any, value: Any, where: str) -> tuple[Any, ...]:
    if not isinstance(value, list) or not all(type(item) is kind for item in value):
        raise InputError(f"{where}: {shown(value)} is not a list, each item {_NAMES[kind]}.")
    return tuple(value)


def _check_limits(limits: Mapping[str, Any], value: Any, where: str) -> None:
    low, high, choices = (limits.get(name) for name in ("low", "high", "choices"))
    if choices and value not in choices:
        named = ", ".join(repr(choice) for choice in choices)
        raise InputError(f"{where}: {shown(value)} is none of {named}.")
    # Written so that NaN, which no comparison holds for, is refused too.
    if low is not None and not value >= low:
        raise InputError(f"{where}: {value} is too small: give {low:.10g} or more.")
    if high is not None and not value <= high:
        raise InputError(f"{where}: {value} is too large: give {high:.10g} or less.")
