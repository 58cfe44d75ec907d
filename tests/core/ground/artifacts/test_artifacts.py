from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from ground.artifacts import (
    MANIFEST,
    atomic_text,
    building,
    check_free,
    digest,
    file_digest,
    is_complete,
    read_manifest,
)
from ground.errors import InputError

KEY = "a" * 64


def build(out: Path, content: str = "x", **options: object) -> None:
    with building(out, "thing", **options) as result:  # type: ignore[arg-type]
        (result.path / "file").write_text(content)
        result.facts["count"] = 1


def test_a_result_appears_with_its_manifest(tmp_path: Path) -> None:
    build(tmp_path / "out", key=KEY)
    manifest = read_manifest(tmp_path / "out", "thing")
    assert (manifest["kind"], manifest["key"], manifest["count"]) == ("thing", KEY, 1)
    assert manifest["versions"]["esplade"]
    assert is_complete(tmp_path / "out", "thing", KEY)
    assert not is_complete(tmp_path / "out", "thing", "b" * 64)
    assert not is_complete(tmp_path / "out", "other")


def test_a_failed_build_leaves_nothing_and_keeps_what_was_there(tmp_path: Path) -> None:
    out = tmp_path / "out"
    build(out, "old")
    with pytest.raises(RuntimeError), building(out, "thing", overwrite=True) as result:
        (result.path / "file").write_text("new")
        raise RuntimeError
    assert (out / "file").read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_overwriting_replaces_the_whole_folder(tmp_path: Path) -> None:
    out = tmp_path / "out"
    build(out)
    (out / "extra").write_text("from before")
    build(out, "new", overwrite=True)
    assert sorted(p.name for p in out.iterdir()) == [MANIFEST, "file"]


def test_what_must_not_be_lost_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "out"
    build(out)
    with pytest.raises(InputError, match="--overwrite"):
        check_free(out, "thing", overwrite=False)
    with pytest.raises(InputError, match="left alone"):
        check_free(out, "another kind", overwrite=True)
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="is a file"):
        check_free(tmp_path / "file", "thing", overwrite=True)
    (tmp_path / "empty").mkdir()
    build(tmp_path / "empty")
    assert is_complete(tmp_path / "empty", "thing")


def test_unfinished_and_foreign_folders_are_not_results(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        read_manifest(tmp_path / "none", "thing")
    with pytest.raises(InputError, match=f"has no {MANIFEST}"):
        read_manifest(tmp_path, "thing")
    (tmp_path / MANIFEST).write_text("{")
    with pytest.raises(InputError, match="cannot be read"):
        read_manifest(tmp_path, "thing")
    (tmp_path / MANIFEST).write_text(json.dumps({"schema": 99, "kind": "thing"}))
    with pytest.raises(InputError, match="newer esplade"):
        read_manifest(tmp_path, "thing")


def test_leftovers_of_dead_builds_go_and_live_ones_stay(tmp_path: Path) -> None:
    dead = tmp_path / ".out.partial-999999999"
    live = tmp_path / f".out.partial-{os.getppid()}"
    dead.mkdir()
    live.mkdir()
    build(tmp_path / "out")
    assert not dead.exists()
    assert live.exists()


def test_atomic_text_keeps_the_old_file_on_failure(tmp_path: Path) -> None:
    path = tmp_path / "a" / "file"
    with atomic_text(path) as stream:
        stream.write("old")
    with pytest.raises(RuntimeError), atomic_text(path) as stream:
        stream.write("new")
        raise RuntimeError
    assert path.read_text() == "old"
    assert [p.name for p in path.parent.iterdir()] == ["file"]


def test_digests() -> None:
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    assert digest({"a": 1}) != digest({"a": 2})


def test_file_digest_is_sha256(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"abc")
    expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert file_digest(tmp_path / "f") == expected


def test_a_replacement_killed_half_way_is_undone(tmp_path: Path) -> None:
    out = tmp_path / "out"
    build(out, "old")
    # Killed between its two renames: the old result is aside, the new one not yet in place.
    dead = 2**22 + 1
    out.rename(tmp_path / f".out.partial-old-{dead}")
    with pytest.raises(InputError, match="finished result already"):
        build(out, "new")
    assert (out / "file").read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_what_a_kill_leaves_beside_a_finished_result_goes(tmp_path: Path) -> None:
    with building(tmp_path / "r", "thing") as build:
        (build.path / "data").write_text("x")
    (tmp_path / ".r.partial-lock").touch()
    (tmp_path / ".r.partial-999999999").mkdir()
    unfinished = tmp_path / ".r.partial-key-0123456789abcdef"
    unfinished.mkdir()
    with pytest.raises(InputError, match="Add --overwrite"):
        check_free(tmp_path / "r", "thing", False)
    # What another command may go on with stays.
    assert sorted(tmp_path.iterdir()) == [unfinished, tmp_path / "r"]


def test_a_kind_that_is_no_kind_is_not_shown_whole(tmp_path: Path) -> None:
    (tmp_path / "r").mkdir()
    (tmp_path / "r" / MANIFEST).write_text(json.dumps({"kind": "x" * 40_000}))
    with pytest.raises(InputError) as error:
        read_manifest(tmp_path / "r", "vectors")
    assert len(str(error.value)) < 400
