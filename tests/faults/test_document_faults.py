"""Records and documents of JSON and YAML: read strictly, and refused with their line."""

from __future__ import annotations

import json
import random
from itertools import pairwise
from pathlib import Path

import pytest
from written import file_of

from ground.errors import InputError
from ground.reading import (
    json_document,
    record,
    records,
    yaml_document,
)

RECORD = '{"_id": "a", "title": "x: y", "metadata": {"url": "http://x", "n": [{"k": 1}, {"k": 2}]}}'


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"a": 1, "a": 1}', 'the name "a" stands twice'),
        ('{"a": 1, "a" : 1}', 'the name "a" stands twice'),
        ('{"a": 1, "\\u0061": 1}', 'the name "a" stands twice'),
        ('{"é": 1, "\\u00e9": 1}', 'the name "é" stands twice'),
        ('{"a": {"b": [{"c": 1, "c": 2}]}}', 'the name "c" stands twice'),
        ('{"a": "\\u003a", "b": 1, "b": "x"}', 'the name "b" stands twice'),
        ('{"a": "\\\\u003a:", "b:": 1, "b:": "x"}', 'the name "b:" stands twice'),
        ('{"a": "::\\u003A\\u003a", "b": 1, "b": 2, "b": ":"}', 'the name "b" stands twice'),
        ('{"": 1, "": 2}', 'the name "" stands twice'),
        ('{"a": NaN}', "NaN, which JSON does not have"),
        ('{"a": [-Infinity]}', "-Infinity, which JSON does not have"),
        ('{"a": "\\ud83d"}', "half a character"),
        ('{"\\udc00": "x"}', "half a character"),
        ('{"a": "\\ud83d\\ud83d\\ude00"}', "half a character"),
        ('{"a": 1e400}', "the number "),
        ('{"a": ' + "9" * 5000 + "}", "the number "),
        ("[" * 100_000 + "]" * 100_000, "nested too deeply"),
        ('{"a":' * 100_000, "nested too deeply"),
        ('{"a":' * 500 + '{"b":1,"b":2}' + "}" * 500, 'the name "b" stands twice'),
        ('{"a": 1}{"b": 2}', "malformed JSON"),
        ("{'a': 1}", "malformed JSON"),
        ('{"a": 01}', "malformed JSON"),
        ('{"a": "\x01"}', "malformed JSON"),
        ('{"a": 1,}', "malformed JSON"),
        ('\ufeff{"a": 1}', "malformed JSON"),
        ("7", "a JSON int"),
    ],
)
def test_records(tmp_path: Path, line: str, message: str) -> None:
    path = file_of(tmp_path, f"{RECORD}\n\n{line}\n".encode())
    with pytest.raises(InputError, match=r"file\.txt, line 3: ") as error:
        list(records(path))
    assert message in str(error.value)
    assert len(str(error.value)) < 500


@pytest.mark.parametrize(
    "line",
    [
        RECORD,
        '{"a": {"a": {"a": 1}}, "b": {"a": ":"}}',
        '{"a": "\\u003a\\\\u003a:", "\\u003ab": 1}',
        '{"a": "\\ud83d\\ude00", "b": "\\"a\\": 1, \\"a\\": 2"}',
        '{"a":' * 400 + "1" + "}" * 400,
        '{"n": [1e308, -0.0, 18446744073709551615]}',
        " \t{} \r",
    ],
)
def test_records_that_are_right(line: str) -> None:
    assert record(line.encode(), Path("f"), 1) == json.loads(line)


def test_names_that_stand_twice_are_found_wherever_they_are() -> None:
    """Against a parser that keeps everything: 2,000 objects with few names and many colons."""
    chance = random.Random(9)
    strings = ['"a"', '"b:"', '"\\u0061"', '"::"', '"\\u003a"', '"\\\\"', '"\\":\\""', '" "']

    def value(depth: int) -> str:
        kind = chance.random() if depth else 0.0
        if kind < 0.4:
            return chance.choice([*strings, "1", "null", "-2.5e3"])
        size = range(chance.randrange(4))
        if kind < 0.5:
            return "[" + ",".join(value(depth - 1) for _ in size) + "]"
        space = chance.choice(["", " ", "\t"])
        pairs = (f"{chance.choice(strings)}{space}:{value(depth - 1)}" for _ in size)
        return "{" + ",".join(pairs) + "}"

    refused = 0
    for _ in range(2000):
        line = '{"x":' + value(4) + "}"
        repeated: list[bool] = []

        def note(pairs: list[tuple[str, object]], found: list[bool] = repeated) -> object:
            found.append(len(dict(pairs)) < len(pairs))
            return dict(pairs)

        expected = json.loads(line, object_pairs_hook=note)
        try:
            assert record(line.encode(), Path("f"), 1) == expected
            assert not any(repeated), line
        except InputError:
            assert any(repeated), line
            refused += 1
    assert 300 < refused < 1700


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{\n "name": "a",\n "name": "b"\n}', 'line 3: the name "name" stands twice'),
        ('{\n "a": {"b": 1,\n\n  "b" : 2}}', 'line 4: the name "b" stands twice'),
        ('{\n "name": \n}', "line 3: malformed JSON"),
        ("[1]", "holds a JSON list, where an object"),
        ('{"a": NaN}', "NaN, which JSON does not have"),
        ('{"name": "\\ud83d"}', "half a character"),
        ("[" * 100_000, "nested too deeply"),
        ("", "malformed JSON"),
    ],
)
def test_json_documents(tmp_path: Path, text: str, message: str) -> None:
    path = file_of(tmp_path, text.encode(), "card.json")
    with pytest.raises(InputError, match=r"card\.json") as error:
        json_document(path)
    assert message in str(error.value)
    path.write_bytes(b"\xef\xbb\xbf" + b'{"name": "x"}')
    assert json_document(path) == {"name": "x"}


BILLION = "a: &a [x, x]\n" + "".join(
    f"{new}: &{new} [*{old}, *{old}, *{old}]\n" for old, new in pairwise("abcdefghi")
)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (BILLION, r"line 2: .*the alias \*a"),
        ("a: &a\n  b: *a\n", r"line 2: .*the alias \*a"),
        ("a: 1\na: 2\n", "a key stands twice"),
        ("a: 1\nb:\n  c: 1\n  c: 2\n", "line 3: .*a key stands twice"),
        ("- 1\n", "no YAML mapping"),
        ("", "no YAML mapping"),
        ("a: [", "line 1: malformed YAML"),
        ("a: " + "[" * 700, "nested too deeply"),
        ("a: !!python/object/apply:os.getpid []\n", "could not determine a constructor"),
        ("a: 2024-13-45\n", "cannot be read as YAML"),
        ("a: " + "9" * 5000 + "\n", "cannot be read as YAML"),
        ("a: \x01\n", "malformed YAML|cannot be read as YAML"),
        ("{a: 1}: 2\n", "unhashable"),
        ("--- {a: 1}\n--- {b: 1}\n", "line 2: .*another document"),
    ],
)
def test_yaml_documents(tmp_path: Path, text: str, message: str) -> None:
    path = file_of(tmp_path, text.encode(), "run.metadata.yaml")
    with pytest.raises(
        InputError, match=rf"run\.metadata\.yaml[\s\S]*{message}|{message}"
    ) as error:
        yaml_document(path)
    assert str(path) in str(error.value)
    assert "Correct" in str(error.value)


def test_yaml_that_is_right(tmp_path: Path) -> None:
    path = file_of(tmp_path, "\ufeffa: [1, {b: 'ü'}]\r\nc: 2024-01-02\r\n".encode())
    assert yaml_document(path)["a"] == [1, {"b": "ü"}]
