"""Readers against damages: the same content as by the definition of the format, or a refusal.

A sample of all cases is fast; all of them are slow, and those of the slowest parsers long.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import damages
import pytest
import values
from judging import attempt, put, told, verdict
from readers import READERS, Reader

Cases = Iterator[tuple[str, bytes, bool]]
"""What was done, the file, and whether its name ends in ``.gz``."""
SAMPLE, SLOW_SAMPLE = 17, 131
"""One case in so many is fast, where the parser is and where it is not."""
by_name = pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)


def cases(reader: Reader) -> Cases:
    """All damages of a reader's file."""
    for name, data in (*damages.of_bytes(reader.valid), *wrong_values(reader)):
        yield name, data, False
    for name, data in damages.packed_badly(reader.valid) if reader.packed else ():
        yield name, data, True


def wrong_values(reader: Reader) -> Iterator[tuple[str, bytes]]:
    """Each value of the second line, or of all of the file, replaced."""
    text = reader.valid.decode()
    lines = text.splitlines()
    if reader.shape == "json":
        yield from values.of_json(text)
    elif reader.shape == "settings":
        yield from values.of_settings(text)
    elif reader.shape != "text":
        damaged = {
            "json lines": values.of_json,
            "tabs": lambda line: values.of_cells(line, "\t"),
            "blanks": lambda line: values.of_cells(line, " "),
        }[reader.shape]
        for name, data in damaged(lines[1]):
            yield name, b"\n".join([lines[0].encode(), data, *map(str.encode, lines[2:]), b""])


def failures(reader: Reader, folder: Path, some: Cases) -> list[str]:
    found = []
    for name, data, packed in some:
        path = put(reader, folder, data, packed)
        if wrong := verdict(reader, path, data, attempt(reader, path)):
            found.append(f"{name}: {wrong}")
    return found


@by_name
def test_valid_files(reader: Reader, tmp_path: Path) -> None:
    outcome = attempt(reader, put(reader, tmp_path / "f", reader.valid))
    assert outcome == ("read", reader.strict(reader.valid))


@by_name
def test_harmless_damages(reader: Reader, tmp_path: Path) -> None:
    """What every editor and system may do to a text, it may do."""
    for name, data, packed in cases(reader):
        if name in damages.HARMLESS - reader.harmful:
            outcome = attempt(reader, put(reader, tmp_path / "f", data, packed))
            assert outcome == ("read", reader.strict(reader.valid)), name


@by_name
def test_some_damages(reader: Reader, tmp_path: Path) -> None:
    step = SAMPLE if reader.fast else SLOW_SAMPLE
    found = failures(reader, tmp_path / "f", islice(cases(reader), 0, None, step))
    assert not found, told(found)


@pytest.mark.slow
@pytest.mark.parametrize("reader", [r for r in READERS if r.fast], ids=lambda reader: reader.name)
def test_all_damages(reader: Reader, tmp_path: Path) -> None:
    found = failures(reader, tmp_path / "f", cases(reader))
    assert not found, told(found)


@pytest.mark.long
@pytest.mark.parametrize("reader", [r for r in READERS if not r.fast], ids=lambda r: r.name)
def test_all_damages_of_slow_formats(reader: Reader, tmp_path: Path) -> None:
    found = failures(reader, tmp_path / "f", cases(reader))
    assert not found, told(found)
