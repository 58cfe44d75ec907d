"""Our own results against damages: what was written comes back, or a refusal does."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import damages
import pytest
import values
from judging import attempt, put, told, verdict
from readers import Reader
from results import NAMES, own_results

SAMPLE = 37
"""One case in so many is in the part that is only slow."""
by_name = pytest.mark.parametrize("name", NAMES)


@pytest.fixture(scope="module")
def readers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Reader]:
    return {one.name: one for one in own_results(tmp_path_factory.mktemp("own"))}


def cases(reader: Reader) -> Iterator[tuple[str, bytes]]:
    yield from damages.of_blob(reader.valid)
    if reader.shape == "json":
        yield from values.of_json(reader.valid.decode())


def failures(reader: Reader, folder: Path, some: Iterator[tuple[str, bytes]]) -> list[str]:
    found = []
    for name, data in some:
        path = put(reader, folder, data)
        if wrong := verdict(reader, path, data, attempt(reader, path)):
            found.append(f"{name}: {wrong}")
    return found


@pytest.mark.slow
@by_name
def test_some_damages(readers: dict[str, Reader], name: str, tmp_path: Path) -> None:
    found = failures(readers[name], tmp_path / "f", islice(cases(readers[name]), 0, None, SAMPLE))
    assert not found, told(found)


@pytest.mark.long
@by_name
def test_all_damages(readers: dict[str, Reader], name: str, tmp_path: Path) -> None:
    found = failures(readers[name], tmp_path / "f", cases(readers[name]))
    assert not found, told(found)
