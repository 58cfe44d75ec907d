"""Vectors in lsr-benchmark's form: read as others write them, written and read again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ground.errors import InputError
from harness.vectors import lsr_benchmark, read_vectors
from harness.vectors.memory import from_dicts, to_dicts

IDS, DATA = "d1\nd2\nd3\n", {"d1": {"4": 1.5, "7": 0.25}, "d2": {}, "d3": {"0": 3.0}}


def others(folder: Path, ids: str = IDS, **arrays: Any) -> Path:
    """What np.savez_compressed of another tool leaves."""
    file = folder / "doc" / "doc-embeddings.npz"
    file.parent.mkdir(exist_ok=True)
    given = {
        "data": np.array([1.5, 0.25, 3.0, 0.0], dtype=np.float32),
        "indices": np.array([4, 7, 0, 2], dtype=np.int64),
        "indptr": np.array([0, 2, 2, 4], dtype=np.int64),
        **arrays,
    }
    np.savez_compressed(file, **{k: v for k, v in given.items() if v is not None})
    (folder / "doc" / "doc-ids.txt").write_text(ids)
    return file


def test_what_others_wrote_is_read(tmp_path: Path) -> None:
    file = others(tmp_path)
    for path in (file, file.parent):
        found = read_vectors(path)
        assert to_dicts(found) == DATA and found.ids == ["d1", "d2", "d3"]
        assert found.zeros == 1
    half = np.array([1.5, 0.25, 3.0, 0.0], dtype=np.float16)
    assert to_dicts(read_vectors(others(tmp_path, data=half))) == DATA
    whole = read_vectors(others(tmp_path, data=np.array([3, 1, 2, 0], dtype=np.int8)))
    assert whole.is_integer and to_dicts(whole)["d1"] == {"4": 3, "7": 1}


def test_both_sides_share_their_columns_and_names_come_back(tmp_path: Path) -> None:
    documents = from_dicts({"d1": {"b": 1.5, "ä 1".replace(" ", ""): 2.0}, "d2": {}})
    queries = from_dicts({"q1": {"a": 1.0, "b": 0.5}})
    assert lsr_benchmark.write(documents, queries, tmp_path) == 3
    assert to_dicts(read_vectors(tmp_path / "doc")) == to_dicts(documents)
    assert to_dicts(read_vectors(tmp_path / "query")) == to_dicts(queries)
    with np.load(tmp_path / "query" / "query-embeddings.npz") as found:
        assert found["indices"].tolist() == [0, 1] and found["indptr"].tolist() == [0, 2]
    assert (tmp_path / "terms.txt").read_text() == "a\nb\nä1\n"
    with pytest.raises(InputError, match="both documents and queries"):
        read_vectors(tmp_path)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"ids": "d1\nd2\n"}, "2 ids and 3 rows"),
        ({"ids": "d1\nd1\nd3\n"}, "occurs twice"),
        ({"ids": "d1\n\nd3\n"}, "id cannot be used"),
        ({"indptr": None}, "no array 'indptr'"),
        ({"indptr": np.array([0, 3, 2, 4])}, "count up"),
        ({"indptr": np.array([0, 2, 2, 3])}, "count up"),
        ({"indices": np.array([4, -1, 0, 2])}, "below 0"),
        ({"indices": np.array([4.0, 1, 0, 2])}, "no whole numbers"),
        ({"data": np.array([1.0, 2.0])}, "2 weights stand beside 4"),
        ({"data": np.array([1.0, -2.0, 1, 1])}, "Weights are numbers from 0"),
        ({"data": np.array([1.0, np.nan, 1, 1])}, "Weights are numbers from 0"),
        ({"data": np.array([[1.0], [2.0]])}, "not flat"),
        ({"data": np.array(["1", "2", "3", "4"])}, "type <U1 are none"),
        ({"data": np.array([{}, 1, 2, 3], dtype=object)}, "cannot be read"),
    ],
)
def test_arrays_that_are_none(tmp_path: Path, wrong: dict[str, Any], words: str) -> None:
    file = others(tmp_path, **wrong)
    with pytest.raises(InputError, match=words) as caught:
        read_vectors(file)
    assert "doc-" in str(caught.value)


def test_cut_files_and_missing_ones(tmp_path: Path) -> None:
    file = others(tmp_path)
    file.write_bytes(file.read_bytes()[:90])
    with pytest.raises(InputError, match="cannot be read as NumPy"):
        read_vectors(file)
    others(tmp_path)
    (file.parent / "doc-ids.txt").unlink()
    with pytest.raises(InputError, match="doc-ids.txt"):
        read_vectors(file)
