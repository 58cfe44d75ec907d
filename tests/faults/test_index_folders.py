"""Folders that are no index, or another one: found out when they are opened or checked."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from small_indexes import good, rewrite, vectors

from ground.artifacts import MANIFEST
from ground.errors import InputError
from harness.lucene.impact_build import build_impact_index
from harness.lucene.impact_index import open_impact_index
from harness.lucene.jvm import LuceneError
from harness.lucene.text_index import open_text_index


@pytest.fixture
def index(tmp_path: Path) -> Path:
    with build_impact_index(good(), tmp_path / "index") as built:
        return built.path


def test_folders_that_are_no_index(tmp_path: Path, index: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        open_impact_index(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=f"no {MANIFEST}"):
        open_impact_index(tmp_path / "empty")
    with pytest.raises(InputError, match="impact index, where text index is needed"):
        open_text_index(index)


@pytest.mark.parametrize("facts", [{"documents": 3}, {"postings": 9}, {"impact_sum": 1}])
def test_a_manifest_of_another_index(index: Path, facts: dict[str, object]) -> None:
    rewrite(index, **facts)
    with pytest.raises(InputError, match="not what its MANIFEST says"):
        open_impact_index(index)


def test_files_of_another_index(index: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    build_impact_index(vectors(["x"], ["a"], [[1]]), other).close()
    shutil.rmtree(other / "esplade")
    shutil.copytree(index / "esplade", other / "esplade")
    with pytest.raises(InputError, match="uild it again"):
        open_impact_index(other)


def test_missing_lucene_files(index: Path) -> None:
    for path in index.glob("_0.*"):
        path.unlink()
    with pytest.raises(InputError, match="cannot be opened by Lucene.*--overwrite"):
        open_impact_index(index)
    for path in index.glob("segments*"):
        path.unlink()
    with pytest.raises(InputError, match="cannot be opened by Lucene"):
        open_impact_index(index)


def test_missing_tables(index: Path) -> None:
    (index / "esplade" / "docids.txt").unlink()
    with pytest.raises(InputError, match="is damaged"):
        open_impact_index(index)


def test_tables_that_were_changed(index: Path) -> None:
    # A bound that is too small would let a search skip what it must find.
    file = index / "esplade" / "max_impact.npy"
    data = bytearray(file.read_bytes())
    data[-8] = 1
    file.write_bytes(data)
    with pytest.raises(
        InputError, match="is damaged.*max_impact.npy is not the file that was written"
    ):
        open_impact_index(index)


def test_flipped_bits_are_found(index: Path) -> None:
    file = next(index.glob("*.doc"))
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    try:
        opened = open_impact_index(index)
    except InputError:
        return
    with pytest.raises(LuceneError, match="CorruptIndexException"):
        opened.check_integrity()
