"""Seeded mutants of valid files, plain and packed: the same content as by the definition, or a
refusal with file and line; never a third thing."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest
from judging import attempt, put, told, verdict
from mutants import gzip_mutants, mutants
from readers import READERS, Reader

FORMS = [(reader, packed) for reader in READERS for packed in ((False, True)[: 1 + reader.packed])]
by_form = pytest.mark.parametrize(
    ("reader", "packed"), FORMS, ids=lambda one: one.name if isinstance(one, Reader) else str(one)
)
ALL, SOME = 20_000, 2_000


def mutated(reader: Reader, packed: bool, folder: Path, count: int, seed: int) -> list[str]:
    """What is wrong with the outcomes of so many mutants."""
    source = gzip_mutants(reader.valid, seed, members=2) if packed else mutants(reader.valid, seed)
    found, read = [], 0
    for name, data in islice(source, count):
        path = put(reader, folder, data, packed)
        outcome = attempt(reader, path)
        read += outcome.kind == "read"
        if wrong := verdict(reader, path, data, outcome):
            found.append(f"{name}: {wrong}")
    # Some damages are none, and a reader that refuses every file would pass all else.
    assert count // 100 < read < count
    return found


@pytest.mark.slow
@by_form
def test_some_mutants(reader: Reader, packed: bool, tmp_path: Path) -> None:
    found = mutated(reader, packed, tmp_path / "f", -(-SOME // len(FORMS)), seed=1)
    assert not found, told(found)


@pytest.mark.long
@by_form
def test_many_mutants(reader: Reader, packed: bool, tmp_path: Path) -> None:
    found = mutated(reader, packed, tmp_path / "f", -(-ALL // len(FORMS)), seed=2)
    assert not found, told(found)
