"""Folders of vectors whose bytes rot: refused in words that name the file."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
from rotting import TERMS, as_older, some_vectors

from ground.artifacts import MANIFEST
from ground.errors import InputError, IntegrityError
from harness.vectors import read_vectors
from harness.vectors.model import Vectors
from harness.vectors.store import writing_vectors


@pytest.fixture
def vectors(tmp_path: Path) -> Path:
    out = tmp_path / "vectors"
    given = some_vectors(30, np.float32)
    with writing_vectors(out, TERMS, facts={"encoder": None}) as writer:
        writer.write(given.ids[:20], given.matrix[:20])
        writer.write(given.ids[20:], given.matrix[20:])
    return out


def same(one: Vectors, two: Vectors) -> bool:
    return one.ids == two.ids and (one.matrix != two.matrix).nnz == 0


def test_vectors_are_joined_as_they_were_written(vectors: Path) -> None:
    assert same(read_vectors(vectors), some_vectors(30, np.float32))
    assert same(read_vectors(vectors), read_vectors(vectors / "part-00000.jsonl")) is False
    weights = np.load(vectors / "packed" / "weights.npy")
    assert weights.dtype == np.float32 and weights.flags["C_CONTIGUOUS"]


def edits(path: Path) -> Iterator[tuple[str, Callable[[], None]]]:
    """Ways in which a folder of vectors gives other vectors without looking broken."""
    packed = path / "packed"

    def change(name: str, how: Callable[[Any], Any]) -> Callable[[], None]:
        return lambda: np.save(packed / f"{name}.npy", how(np.load(packed / f"{name}.npy")))

    def swap() -> None:
        ids = (packed / "ids.txt").read_text().split("\n")
        ids[0], ids[1] = ids[1], ids[0]
        (packed / "ids.txt").write_text("\n".join(ids))

    def at(place: int, value: float) -> Callable[[Any], Any]:
        def put(array: Any) -> Any:
            array[place] = value
            return array

        return put

    yield "weights.npy", change("weights", at(3, np.nan))
    yield "weights.npy", change("weights", at(3, -1.0))
    yield "weights.npy", change("weights", at(3, np.inf))
    yield "weights.npy", change("weights", at(3, 1e6))
    yield "indices.npy", change("indices", at(0, 400))
    yield "indices.npy", change("indices", at(0, -1))
    yield "indices.npy", change("indices", lambda a: a[::-1].copy())
    yield "indptr.npy", change("indptr", at(1, 10**6))
    yield "indptr.npy", change("indptr", at(2, 0))
    yield "ids.txt", swap
    for name in ("ids.txt", "terms.txt", "indptr.npy", "indices.npy", "weights.npy"):
        yield name, lambda name=name: (packed / name).write_bytes(b"")  # type: ignore[misc]
        yield name, lambda name=name: (packed / name).unlink()  # type: ignore[misc]


@pytest.mark.parametrize("number", range(20))
def test_damaged_vectors(vectors: Path, number: int) -> None:
    read_vectors(vectors)
    name, edit = list(edits(vectors))[number]
    edit()
    with pytest.raises(InputError, match=rf"packed/{name} is damaged.*(again|remov)"):
        read_vectors(vectors)


@pytest.mark.parametrize("number", [n for n in range(20) if n not in (3, 9)])
def test_damaged_vectors_of_which_no_checksum_was_kept(vectors: Path, number: int) -> None:
    """Older folders: what can be seen in the arrays themselves is refused as well."""
    as_older(vectors, drop=("packed",))
    assert same(read_vectors(vectors), some_vectors(30, np.float32))
    list(edits(vectors))[number][1]()
    with pytest.raises(InputError, match="ncode again"):
        read_vectors(vectors)


def test_shards_that_lie_elsewhere(vectors: Path) -> None:
    for name in ("../x.jsonl", "/etc/passwd", "", 3):
        as_older_shards(vectors, [{"name": name, "bytes": 3}])
        with pytest.raises(InputError, match="'shards' is"):
            read_vectors(vectors)


def as_older_shards(folder: Path, shards: list[dict[str, object]]) -> None:
    manifest = json.loads((folder / MANIFEST).read_text())
    manifest.pop("manifest_digest", None)
    (folder / MANIFEST).write_text(json.dumps({**manifest, "shards": shards}))


@pytest.mark.parametrize("weight", [np.nan, np.inf, -0.5])
def test_an_encoder_that_went_astray(tmp_path: Path, weight: float) -> None:
    rows = sp.csr_array(np.array([[1, 2], [0, weight]], np.float32))
    writing = writing_vectors(tmp_path / "out", ["x", "y"], facts={})
    with pytest.raises(IntegrityError, match=r"gave 'b' a weight of"), writing as writer:
        writer.write(["a", "b"], rows)
    assert not list(tmp_path.iterdir())


def test_an_encoding_killed_while_its_shards_are_joined(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever file is the last that goes, what is left can be gone on from."""
    given = some_vectors(9, np.float32)
    unlink = Path.unlink
    for stop in range(1, 7):
        out = tmp_path / f"out{stop}"
        count = 0

        def stopped(path: Path, *args: Any, stop: int = stop, **options: Any) -> None:
            nonlocal count
            if path.name.startswith("part-"):
                count += 1
                if count == stop:
                    raise KeyboardInterrupt
            unlink(path, *args, **options)

        with monkeypatch.context() as patch:
            patch.setattr(Path, "unlink", stopped)
            with pytest.raises(KeyboardInterrupt):
                encode(out, given)
        encode(out, given)
        assert same(read_vectors(out), given), stop


def encode(out: Path, given: Vectors) -> None:
    """Write in shards of three, going on after what is there, as an encoding does."""
    with writing_vectors(out, TERMS, facts={}, key="k" * 64) as writer:
        for row in range(writer.rows, len(given.ids), 3):
            writer.write(given.ids[row : row + 3], given.matrix[row : row + 3])
