"""Readers against places: links, folders, pipes, odd names, files that vanish."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import places
import pytest
from judging import attempt, put, unclear, verdict
from readers import READERS, Reader

by_name = pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
free = pytest.mark.parametrize("reader", [r for r in READERS if not r.around], ids=lambda r: r.name)


def refused(reader: Reader, path: Path) -> str | None:
    """What is wrong where there is nothing to read; None if it is refused well."""
    outcome = places.in_time(reader, path)
    if os.path.isdir(path) and outcome == ("read", reader.strict(reader.valid)):
        return None  # a folder of such files is read too
    if outcome.kind != "refused":
        return f"{outcome.kind}: {str(outcome.what)[:200]}"
    return unclear([path.name, repr(path.name)[1:-1]], outcome.what, False)


@by_name
def test_links_to_a_file_are_the_file(reader: Reader, tmp_path: Path) -> None:
    for place in places.SAME:
        path = put(reader, tmp_path / place.__name__, None)
        place(path, reader.valid)
        assert attempt(reader, path) == ("read", reader.strict(reader.valid)), place.__name__


@by_name
def test_places_without_a_file(reader: Reader, tmp_path: Path) -> None:
    wrong = {}
    for place in places.REFUSED[: -1 if reader.optional else None]:
        path = put(reader, tmp_path / place.__name__, None)
        place(path, reader.valid)
        wrong[place.__name__] = refused(reader, path)
    assert not {name: text for name, text in wrong.items() if text}


@by_name
def test_the_null_device_is_an_empty_file(reader: Reader, tmp_path: Path) -> None:
    path = put(reader, tmp_path / "f", None)
    places.null_device(path, b"")
    assert not verdict(reader, path, b"", places.in_time(reader, path))


@by_name
def test_a_pipe_is_read_whole_or_refused(reader: Reader, tmp_path: Path) -> None:
    path = put(reader, tmp_path / "f", None)
    places.written_pipe(path, reader.valid)
    outcome = places.in_time(reader, path)
    if outcome.kind == "refused":
        assert not unclear([path.name], outcome.what, False)
    else:
        assert outcome == ("read", reader.strict(reader.valid))


@pytest.mark.parametrize("reader", [r for r in READERS if not r.optional], ids=lambda r: r.name)
def test_a_file_that_vanishes(reader: Reader, tmp_path: Path) -> None:
    path = put(reader, tmp_path / "f", None)
    with places.vanished(path):
        assert not refused(reader, path)


@free
def test_odd_names(reader: Reader, tmp_path: Path) -> None:
    for name in places.NAMES:
        one = replace(reader, file=name + reader.file)
        path = put(one, tmp_path / "f", reader.valid)
        assert attempt(one, path) == ("read", reader.strict(reader.valid)), name
        path.write_bytes(reader.valid[: len(reader.valid) // 2] + b"\0\n\xff")
        assert not refused(one, path), name


@free
def test_names_that_no_file_has(reader: Reader, tmp_path: Path) -> None:
    if reader.optional:
        pytest.skip("it may be missing")
    file = put(reader, tmp_path / "f", reader.valid)
    for path in (tmp_path / ("x" * 300 + reader.file), file / reader.file):
        assert not refused(reader, path), path


@by_name
@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_forbidden_files(reader: Reader, tmp_path: Path) -> None:
    path = put(reader, tmp_path / "f", reader.valid)
    path.chmod(0)
    assert not refused(reader, path)
