"""Values of wrong types and out of range, put into every place of a record or a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

Named = Iterator[tuple[str, bytes]]
DEEP = 100_000
_MARK = "\ue000"

NUMBERS = (
    *("0", "-0", "-0.0", "1", "-1", "1.5", "-1.5", "1e3", "1e-50", "1e-320", "1e-400", "-1e-400"),
    *("1e39", "1e400", "-1e400", "1e99999999999999999999", "NaN", "Infinity", "-Infinity", "nan"),
    *("16777215", "16777216", "2147483648", "9007199254740993", "9223372036854775807"),
    *("9223372036854775808", "-9223372036854775809", "1" + "0" * 30, "7" * 5000, "7" * 400),
    *("1_0", "0x10", "01", "+1", "-+1", "--1", ".5", "1.", "1e", "1,5", "\u0661", "\uff11", "1\0"),
    "0." + "0" * 5000 + "1",
)
"""What stands where a number should."""
JSON = (
    *NUMBERS,
    *(
        "null",
        "true",
        "false",
        "True",
        "None",
        "undefined",
        "'a'",
        "a",
        "",
        '"',
        "{",
        "[",
        "]",
        "}",
    ),
    *(
        '""',
        '" "',
        '"a b"',
        '"\\u3000"',
        '"\\u0000"',
        '"\\ud83d"',
        '"\\udcff x"',
        '"\\x41"',
        '"a\tb"',
    ),
    *('"caf\\u00e9"', '"1"', '"-1"', '"' + "x" * 40_000 + '"', '"../../x"', '"\\ud83d\\ude00"'),
    *("[]", "{}", "[1]", '["a"]', '[["a"]]', '{"a": 1}', '{"a": {"b": [1]}}', "[null]", "[[1], 2]"),
    *('{"id": 1}', '{"id": "x", "score": true}', '{"a": 1, "a": 1}', '{"a": 1, "a" : 2}'),
    *("[" * DEEP + "]" * DEEP, "[" * DEEP, '{"a":' * DEEP + "1" + "}" * DEEP, '{"a":' * DEEP),
)
"""What stands where a value of JSON should: of each type, out of range, and no JSON at all."""
CELLS = (
    *NUMBERS,
    *("a", "\0", "a\0b", "\u00a0", "a\u00a0b", "\u3000", "a\u2028b", "\x1f", "\ufeff", "\x7f"),
    *('"a"', "#", "a#b", "-", "<top>", "e\u0301", "\U0001f600", "x" * 40_000, "..", "/"),
)
"""What stands where a cell of a table should."""
SPELLINGS = ("{k}: ", "{k}:", "{k} : ", "{k}\t: ", "{e}: ", "{k}\r\t: ")
"""Ways to write a name of JSON and its colon; ``e`` is the name with an escaped letter."""


def of_json(text: str) -> Named:
    """Every value of a JSON text replaced, every name once more and one more beside it."""
    value = json.loads(text)
    for path in _paths(value):
        where = ".".join(map(str, path)) or "all of it"
        for raw in JSON:
            yield f"{_short(raw)} for {where}", _replaced(value, path, raw).encode()
    for path in _paths(value):
        if path and isinstance(path[-1], str):
            yield from _twice(value, path)
            yield f"without {'.'.join(map(str, path))}", json.dumps(_without(value, path)).encode()
    if isinstance(value, dict):
        for raw in JSON:
            beside = json.dumps(value)[:-1] + f', "other": {raw}}}'
            yield f"{_short(raw)} for another name", beside.encode()


def of_cells(line: str, separator: str) -> Named:
    """Every cell of a line replaced, left out, and once more."""
    cells = line.split(separator)
    for i in range(len(cells)):
        for cell in CELLS:
            changed = separator.join([*cells[:i], cell, *cells[i + 1 :]])
            yield f"{_short(cell)} for column {i + 1}", changed.encode()
        yield f"without column {i + 1}", separator.join(cells[:i] + cells[i + 1 :]).encode()
        yield f"column {i + 1} twice", separator.join(cells[: i + 1] + cells[i:]).encode()
        yield (
            f"nothing for column {i + 1}",
            separator.join([*cells[:i], "", *cells[i + 1 :]]).encode(),
        )


def of_settings(text: str) -> Named:
    """Every value of a TOML file replaced, left out, and once more."""
    lines = text.splitlines(keepends=True)
    for i, line in enumerate(lines):
        name, sign, _ = line.partition(" = ")
        if not sign:
            continue
        for raw in (*JSON, "inf", "-inf", "nan", "1979-05-27", "[1, [2]]", "{ a = 1 }", "'''x'''"):
            changed = "".join([*lines[:i], f"{name} = {raw}\n", *lines[i + 1 :]])
            yield f"{_short(raw)} for line {i + 1}, {name}", changed.encode()
        yield f"without line {i + 1}, {name}", "".join(lines[:i] + lines[i + 1 :]).encode()
        yield f"line {i + 1}, {name}, twice", "".join(lines[: i + 1] + lines[i:]).encode()
        yield (
            f"line {i + 1}, {name}, renamed",
            "".join([*lines[:i], "x" + line, *lines[i + 1 :]]).encode(),
        )


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    inner = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, one in inner:
        yield from _paths(one, (*path, key))


def _replaced(value: Any, path: tuple[Any, ...], raw: str) -> str:
    return json.dumps(_with(value, path, _MARK)).replace(json.dumps(_MARK), raw)


def _with(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    changed = value.copy()
    changed[path[0]] = _with(value[path[0]], path[1:], new)
    return changed


def _without(value: Any, path: tuple[Any, ...]) -> Any:
    changed = value.copy()
    if len(path) == 1:
        del changed[path[0]]
    else:
        changed[path[0]] = _without(value[path[0]], path[1:])
    return changed


def _twice(value: Any, path: tuple[Any, ...]) -> Named:
    """A name that stands twice, with the same value and with another, in every spelling."""
    at = value
    for key in path[:-1]:
        at = at[key]
    name = path[-1]
    spelled = json.dumps(name), f'"\\u{ord(name[0]):04x}{name[1:]}"'
    for spelling in SPELLINGS:
        for other in (json.dumps(at[name]), '"other"', "1", "null"):
            member = spelling.format(k=spelled[0], e=spelled[1]) + other
            inner = json.dumps(at)
            for order, text in (
                ("after", f"{inner[:-1]}, {member}}}"),
                ("before", f"{{{member}, {inner[1:]}"),
            ):
                yield f"{member!r} {order} {name!r}", _replaced(value, path[:-1], text).encode()


def _short(raw: str) -> str:
    return repr(raw) if len(raw) < 30 else f"{raw[:8]!r}... ({len(raw)} characters)"
