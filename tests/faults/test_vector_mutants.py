"""Damaged files of vectors: both readers give what a strict one gives, or an error."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from mutants import gzip_mutants, gzipped, mutants
from strict_vectors import Refused, Strict, read_strictly
from vector_readers import READ_BY_KERNEL, by_kernel

from ground.errors import InputError
from harness.vectors import Vectors, read_vectors

PLACES = ("line ", "is empty", "gzip data", "it is text in UTF-", "it is compressed with")
"""A line, or why there is none."""

WORDS = ("a", "the", "caf\u00e9", "\ud55c\uad6d", "\U0001f600", '"', "a:b", "\\", "x\u0000y", "##s")


def valid_files() -> Iterator[bytes]:
    """Files as several tools write them."""
    chance = random.Random(16)
    for dump, weight, end in (
        ({"separators": (",", ":")}, lambda: chance.randint(0, 300), "\n"),
        ({"ensure_ascii": False}, lambda: round(chance.expovariate(1), 3), "\n"),
        ({"separators": (", ", " : ")}, lambda: chance.choice((1, 0.5, 0, 1e-50, 2e3)), "\r\n\n"),
        ({"ensure_ascii": False}, lambda: chance.random(), "\n"),
    ):
        rows = []
        for number in range(12):
            terms = chance.sample(WORDS, chance.randint(0, 6))
            record = {"id": f"d{number}", "vector": {term: weight() for term in terms}}
            if chance.random() < 0.5:
                record = {"contents": "some: \n text", **record, "title": "caf\u00e9"}
            rows.append(json.dumps(record, **dump) + end)
        yield "".join(rows).encode()


def outcome(read: Callable[[Path], Vectors], path: Path) -> Strict | str:
    """What a reader makes of a file; nothing but an `InputError` is caught."""
    try:
        found = read(path)
    except InputError as error:
        return str(error)
    documents = {}
    for row, name in enumerate(found.ids):
        span = slice(found.matrix.indptr[row], found.matrix.indptr[row + 1])
        terms = [found.terms[column] for column in found.matrix.indices[span]]
        documents[name] = dict(zip(terms, map(float, found.matrix.data[span]), strict=True))
    assert found.account is not None
    assert found.account.bytes == path.stat().st_size
    assert found.account.documents == len(found.ids)
    return Strict(documents, found.is_integer, found.zeros, found.account.blank_lines)


def judge(path: Path, description: str, data: bytes) -> bool:
    """Hold both readers against the strict one; returns whether the file was accepted."""
    path.write_bytes(data)
    try:
        expected: Any = read_strictly(data, path.suffix == ".gz")
    except Refused:
        expected = None
    for read in (read_vectors, by_kernel):
        found = outcome(read, path)
        if isinstance(found, str):
            assert expected is None, f"{description}: refused a good file: {found}"
            assert str(path) in found, f"{description}: {found}"
            assert any(place in found for place in PLACES), f"{description}: {found}"
        else:
            assert found == expected, f"{description}: {read.__name__}: {found}"
    return expected is not None


def judged(path: Path, number: int, seed: int) -> int:
    """Judge mutants of every valid file, plain and compressed; returns how many were accepted."""
    accepted = 0
    files = list(valid_files())
    for at, data in enumerate(files):
        plain, compressed = path / f"v{at}.jsonl", path / f"v{at}.jsonl.gz"
        assert judge(plain, "whole", data)
        assert judge(compressed, "whole", gzipped(data, members=3))
        share = number // (4 * len(files))
        sources = (
            (plain, mutants(data, seed), 2 * share),
            (compressed, gzip_mutants(data, seed), share),
            (compressed, gzip_mutants(data, seed, members=3), share),
        )
        for place, source, many in sources:
            for description, damaged in islice(source, many):
                accepted += judge(place, f"{place.name}, {description}", damaged)
    return accepted


@pytest.mark.slow
def test_some_mutants(tmp_path: Path) -> None:
    READ_BY_KERNEL.clear()
    accepted = judged(tmp_path, 320, seed=1)
    assert 20 < accepted < 200
    assert sum(READ_BY_KERNEL) > accepted / 2


@pytest.mark.long
def test_twenty_thousand_mutants(tmp_path: Path) -> None:
    assert judged(tmp_path, 20_000, seed=2) > 1_000
