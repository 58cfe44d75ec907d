"""Indexes whose bytes rot: refused in words that name the file, never another answer."""

from __future__ import annotations

import json
import os
import random
import shutil
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from commandline import Esplade
from rotting import some_vectors, words

from ground.artifacts import MANIFEST, verified
from ground.artifacts.verified import memory_path
from ground.errors import InputError
from harness.lucene import footers
from harness.lucene.impact_build import build_impact_index
from harness.lucene.impact_index import open_impact_index
from harness.lucene.text_index import open_text_index

Answers = list[tuple[list[str], list[float]]]


def search_impact(path: Path) -> Answers:
    queries = some_vectors(6, np.int32, seed=4)
    with open_impact_index(path) as index:
        run = index.search(queries, k=50).run
        return [(docs.tolist(), scores.tolist()) for _, docs, scores in run]


def search_text(path: Path) -> Answers:
    queries = dict(words(some_vectors(6, np.int32, seed=4)))
    with open_text_index(path) as index:
        run = index.search(queries, k=50).run
        return [(docs.tolist(), scores.tolist()) for _, docs, scores in run]


SEARCH: dict[str, Callable[[Path], Answers]] = {"impact": search_impact, "text": search_text}


def damage(path: Path, chance: random.Random) -> None:
    """Flip one bit, or let 1 to 512 bytes be zero."""
    data = bytearray(path.read_bytes())
    at = chance.randrange(len(data))
    if chance.random() < 0.5:
        data[at] ^= 1 << chance.randrange(8)
    else:
        length = chance.randint(1, 512)
        data[at : at + length] = bytes(len(data[at : at + length]))
    path.write_bytes(data)


def damage_indexes(indexes: Path, scratch: Path, cases: int, seed: int) -> int:
    """How many damages were refused; the others have no effect."""
    chance = random.Random(seed)
    right = {kind: search(indexes / kind) for kind, search in SEARCH.items()}
    refused = 0
    for case in range(cases):
        kind = ("impact", "text")[case % 2]
        copy = scratch / f"{case}"
        shutil.copytree(indexes / kind, copy)
        files = sorted(p for p in copy.rglob("*") if p.is_file() and p.stat().st_size)
        file = chance.choice(files)
        damage(file, chance)
        try:
            found = SEARCH[kind](copy)
        except InputError as error:
            refused += 1
            assert str(file) in str(error), (file, error)
        else:
            assert found == right[kind], file
        shutil.rmtree(copy)
    return refused


@pytest.mark.slow
def test_damaged_indexes(indexes: Path, tmp_path: Path) -> None:
    assert damage_indexes(indexes, tmp_path, 25, seed=1) >= 15


@pytest.mark.long
def test_many_damaged_indexes(indexes: Path, tmp_path: Path) -> None:
    assert damage_indexes(indexes, tmp_path, 300, seed=2) >= 200


def flip(file: Path, at: int | None = None) -> None:
    """Flip a bit of a file that keeps its size and, as a failing disk leaves it, its time."""
    before = file.stat()
    data = bytearray(file.read_bytes())
    data[len(data) // 2 if at is None else at] ^= 1
    file.write_bytes(data)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_a_footer_by_hand(tmp_path: Path) -> None:
    file = tmp_path / "_0.doc"
    body = b"postings" + struct.pack(">II", 0xC02893E8, 0)
    file.write_bytes(body + struct.pack(">Q", zlib.crc32(body)))
    assert footers.footer_damage(file) is None
    file.write_bytes(b"p0stings" + file.read_bytes()[8:])
    assert "checksum" in (footers.footer_damage(file) or "")
    file.write_bytes(b"postings")
    assert "cut to 8 bytes" in (footers.footer_damage(file) or "")
    file.write_bytes(b"postings" * 4)
    assert "does not end" in (footers.footer_damage(file) or "")


def test_every_file_of_lucene_has_a_footer(indexes: Path) -> None:
    for kind in SEARCH:
        ours = {MANIFEST, "esplade"}
        files = {p.name for p in (indexes / kind).iterdir()} - ours
        assert files == set(footers.lucene_names(indexes / kind)) and len(files) > 8
        assert all(footers.footer_damage(indexes / kind / name) is None for name in files)


def test_a_file_is_compared_once_and_again_when_it_changes(
    index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[str] = []
    real = footers.footer_damage

    def counted(path: Path) -> str | None:
        compared.append(path.name)
        return real(path)

    monkeypatch.setattr(footers, "footer_damage", counted)
    # The copy has other numbers on the disk than the index that it was made from.
    right = search_impact(index)
    assert sorted(compared) == footers.lucene_names(index)
    compared.clear()
    assert search_impact(index) == right and not compared
    file = next(index.glob("*.doc"))
    file.write_bytes(file.read_bytes())
    assert search_impact(index) == right and compared == [file.name]
    compared.clear()
    memory_path(index).write_text("[")
    assert search_impact(index) == right and len(compared) == len(footers.lucene_names(index))
    flip(file)
    with pytest.raises(InputError, match=rf"{file.name}: its bytes do not agree"):
        search_impact(index)


def test_a_new_index_is_not_compared_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(footers, "footer_damage", lambda path: pytest.fail(str(path)))
    build_impact_index(some_vectors(5, np.int32), tmp_path / "index").close()
    open_impact_index(tmp_path / "index").close()


def test_a_memory_that_cannot_be_written(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:

    def no(*_: object) -> Any:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("ground.artifacts.verified.write_json", no)
    assert search_impact(index)
    assert not memory_path(index).exists()


@pytest.mark.slow
def test_doctor_believes_nothing_that_is_remembered(index: Path, esplade: Esplade) -> None:
    found = json.loads(esplade("doctor", "--index", index, "--json").out)["findings"]
    assert [one["ok"] for one in found if one["name"] == "index"] == [True]
    file = next(index.glob("*.tim"))
    flip(file)
    # As if the disk had changed under it: what is remembered is what is there now.
    footers.remember_footers(index)
    open_impact_index(index).close()
    answer = esplade("doctor", "--index", index, "--json")
    (one,) = [one for one in json.loads(answer.out)["findings"] if one["name"] == "index"]
    assert answer.code == 1 and not one["ok"] and str(file) in one["remedy"] + one["value"]


def test_only_so_many_folders_are_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verified, "_MOST", 4)
    folders = [tmp_path / str(n) for n in range(6)]
    for at, folder in enumerate(folders):
        folder.mkdir()
        (folder / "file").write_text("x")
        verified.remember(folder, ["file"])
        os.utime(memory_path(folder), (at, at))
    # The fifth made it five; the two oldest went.
    kept = [memory_path(folder).exists() for folder in folders]
    assert kept == [False, False, True, True, True, True]
