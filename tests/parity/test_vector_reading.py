"""The kernel's reader of JSON Lines against the one in Python, which is the definition."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ground.errors import InputError
from harness.lucene.json_reading import JsonReading, reading
from harness.lucene.jvm import start
from harness.lucene.packing import Reader
from harness.lucene.vector_reading import read_documents
from harness.vectors import Vectors, read_vectors

WORD = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
WEIGHT = (
    st.integers(0, 2**24 - 1)
    | st.floats(0, 1e6)
    | st.floats(0, 1).map(lambda x: float(f"{x:.4g}"))
    | st.sampled_from([1e-50, 1e-7, 0.1, 16777215, 1e38, 2**25, 5e-324])
)
ROW = st.dictionaries(WORD, WEIGHT, max_size=8)


def both(path: Path) -> tuple[Any, Any]:
    """What each of the two makes of it: vectors, or the error's text."""
    found = []
    for read in (read_vectors, read_by_kernel):
        try:
            found.append(read(path))
        except InputError as error:
            found.append(str(error))
    return found[0], found[1]


def read_by_kernel(path: Path) -> Vectors:
    """As `reading` does, without its rehearsal of an index."""
    files = [path] if path.is_file() else sorted(path.iterdir())
    start()
    with TemporaryDirectory() as folder:
        begun = JsonReading(files, Path(folder), "A test")
        try:
            found = read_documents(path, begun)
            return replace(found, matrix=found.matrix.copy())
        finally:
            begun.close()


def was_read(path: Path) -> bool:
    """Whether the kernel read it, and did not leave it to Python."""
    with reading(path, path.with_name("index")) as begun:
        return begun is not None and begun.result() is not None


def same(one: Any, other: Any) -> bool:
    if isinstance(one, str) or isinstance(other, str):
        return bool(one == other)
    a, b = one.matrix, other.matrix
    return (
        (one.ids, one.terms, one.zeros) == (other.ids, other.terms, other.zeros)
        and one.account == other.account
        and a.dtype == b.dtype
        and all(np.array_equal(getattr(a, n), getattr(b, n)) for n in ("indptr", "indices", "data"))
    )


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    rows=st.lists(st.tuples(st.integers(0, 10**20) | WORD, ROW), min_size=1, max_size=8),
    ascii=st.booleans(),
    separators=st.sampled_from([(",", ":"), (", ", ": "), (" ,\t", " : ")]),
    first=st.sampled_from(["id", "vector", "contents"]),
    compressed=st.booleans(),
)
@pytest.mark.slow
def test_the_same_as_python(
    tmp_path: Path,
    rows: list[tuple[Any, dict[str, Any]]],
    ascii: bool,
    separators: tuple[str, str],
    first: str,
    compressed: bool,
) -> None:
    lines = []
    for name, vector in rows:
        record = {"id": name, "contents": "x\n\u00e9", "vector": vector}
        record = {first: record[first], **record}
        lines.append(json.dumps(record, ensure_ascii=ascii, separators=separators))
    text = "\r\n\n".join(lines).encode()
    path = tmp_path / ("v.jsonl.gz" if compressed else "v.jsonl")
    path.write_bytes(gzip.compress(text) if compressed else text)
    expected, found = both(path)
    assert same(expected, found)


@pytest.mark.parametrize(
    "line",
    [
        '{"id": "d2", "vector": {"a": 1',
        '{"vector": {"a": 1}}',
        '{"id": "", "vector": {"a": 1}}',
        '{"id": "d 2", "vector": {"a": 1}}',
        '{"id": "d1", "vector": {"a": 1}}',
        '{"id": "d2", "vector": {"a": NaN}}',
        '{"id": "d2", "vector": {"a": -0.5}}',
        '{"id": "d2", "vector": {"a": -0}}',
        '{"id": "d2", "vector": {"a": 01}}',
        '{"id": "d2", "vector": {"a": 1.}}',
        '{"id": "d2", "vector": {"a": 1e}}',
        '{"id": "d2", "vector": {"a": 1e39}}',
        '{"id": "d2", "vector": {"a": 16777216}}',
        '{"id": "d2", "vector": {"a": "1"}}',
        '{"id": "d2", "vector": {"a": true}}',
        '{"id": "d2", "vector": {"a": 1,}}',
        '{"id": "d2", "vector": {"b c": 1}}',
        '{"id": "d2", "vector": {"b\\u3000c": 1}}',
        '{"id": "d2", "vector": {"\\ud800": 1}}',
        '{"id": "d2", "vector": {"": 1}}',
        '{"id": "d2", "vector": {"b": 1, "b": 2}}',
        '{"id": "d2", "vector": {"b": 1}, "vector": {"c": 1}}',
        '{"id": "d2", "contents": "", "contents": "", "vector": {"b": 1}}',
        '{"id": "d2", "vector": [1]}',
        '{"id": "d2"}',
        '{"id": "d2", "vector": {}} {}',
        '{"id": "d2", "title": {"a": [1, 2]}, "vector": {"b": 1}}',
        '{"id": "d2", "contents": null, "vector": {"b": 1}}',
        '{"id": true, "vector": {"b": 1}}',
        "[1, 2]",
        "\x0b",
    ],
)
def test_what_is_out_of_the_ordinary_is_left_to_python(tmp_path: Path, line: str) -> None:
    path = tmp_path / "v.jsonl"
    path.write_text('{"id": "d1", "vector": {"a": 1.5}}\n' + line + "\n", encoding="utf-8")
    expected, found = both(path)
    assert same(expected, found)


@pytest.mark.parametrize("bad", [b"\xff", b"\xed\xa0\x80", b"\xc0\xaf", b"\x01"])
@pytest.mark.parametrize("where", ["id", "contents", "term"])
def test_bytes_that_are_no_text(tmp_path: Path, bad: bytes, where: str) -> None:
    parts = {"id": b"d1", "contents": b"", "term": b"a"}
    parts[where] += bad
    path = tmp_path / "v.jsonl"
    line = b'{"id": "%(id)s", "contents": "%(contents)s", "vector": {"%(term)s": 2}}'
    path.write_bytes(line % {name.encode(): value for name, value in parts.items()})
    assert not was_read(path)
    expected, found = both(path)
    assert isinstance(expected, str)
    assert expected == found


def test_ordinary_files_are_read_by_the_kernel(tmp_path: Path) -> None:
    line = '{"id": "d%d", "contents": "", "vector": {"caf\u00e9": 1.25, "\\ud55c": 3, "b": 1E-2}}\n'
    for part in range(3):
        text = "".join(line % (1000 * part + i) for i in range(500))
        (tmp_path / f"part{part}.jsonl").write_text(text, encoding="utf-8")
    assert was_read(tmp_path)
    expected, found = both(tmp_path)
    assert same(expected, found)
    assert found.terms == ["b", "caf\u00e9", "\ud55c"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"part{i}.jsonl" for i in range(3)]


@pytest.mark.slow
def test_lines_longer_than_the_buffer(tmp_path: Path) -> None:
    path = tmp_path / "v.jsonl"
    long = {"id": "d1", "contents": "x" * 3_000_000, "vector": {f"t{i}": i for i in range(100_000)}}
    path.write_text(json.dumps(long) + "\n" + '{"id": "d2", "vector": {}}')
    assert was_read(path)
    assert same(*both(path))


def test_what_the_kernel_packs(tmp_path: Path) -> None:
    path = tmp_path / "v.jsonl"
    path.write_text('{"id": 7, "vector": {"a": 2, "b": 0}}\n')
    with reading(path, tmp_path / "index") as begun:
        assert begun is not None
        reader = Reader(begun.result() or b"")
    assert reader.array(1, "<i4").tolist() == [1]
    assert reader.array(1, "<i8").tolist() == [1]
    assert reader.array(2, "<i4").tolist() == [1, 1]
    assert (reader.strings(), reader.strings()) == (["7"], ["a", "b"])
    size = path.stat().st_size
    assert reader.array(4, "<i8").tolist() == [size, size, 1, 0]
