"""Where encoders are written: whole or not at all, through links, into volumes, after kills."""

from __future__ import annotations

import errno
import os
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from ground.artifacts import OutputError, atomic_folder, atomic_text, building, recover
from ground.errors import InputError

DEAD = 2**22 + 1


def write(out: Path, content: str) -> None:
    with atomic_folder(out) as folder:
        (folder / "weights").write_text(content)
        (folder / "config.json").write_text(content)


def fails(writing: AbstractContextManager[object], error: Exception, words: str) -> None:
    with pytest.raises(InputError, match=words), writing:
        raise error


def whole(out: Path, content: str) -> bool:
    """Whether the folder holds both files of one writing, and nothing else."""
    found = {p.name: p.read_text() for p in out.iterdir()}
    return found == {"weights": content, "config.json": content}


def test_a_folder_takes_the_place_of_another(tmp_path: Path) -> None:
    write(tmp_path / "out", "old")
    (tmp_path / "out" / "extra").write_text("")
    write(tmp_path / "out", "new")
    assert whole(tmp_path / "out", "new")
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_the_same_where_names_cannot_change_places(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ground.artifacts.replacing.exchange", no)
    test_a_folder_takes_the_place_of_another(tmp_path)


def test_what_a_kill_left_of_the_old_result_is_not_gone_on_from(tmp_path: Path) -> None:
    out, key = tmp_path / "out", "0123456789abcdef"
    partial = tmp_path / f".out.partial-key-{key}"
    for content, left in (("old", "older"), (key, key)):
        with building(partial, "thing", key=left) as build:
            (build.path / "old").write_text("")
        with building(out, "thing", key=key, resume=True, overwrite=True) as build:
            # Killed when it had changed places with the old one, or just before.
            assert (build.path / "old").exists() == (left == key), content
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_link_to_a_folder_stays(tmp_path: Path) -> None:
    write(tmp_path / "real", "old")
    (tmp_path / "out").symlink_to("real")
    write(tmp_path / "out", "new")
    assert os.readlink(tmp_path / "out") == "real" and whole(tmp_path / "real", "new")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out", "real"]


def test_what_dead_processes_left_goes_and_the_old_folder_comes_back(tmp_path: Path) -> None:
    out = tmp_path / "o*[t"
    write(out, "old")
    out.rename(tmp_path / f".o*[t.partial-old-{DEAD}")
    (tmp_path / f".o*[t.partial-{DEAD}").mkdir()
    (tmp_path / f".o*[t.partial-{os.getppid()}").mkdir()
    (tmp_path / ".o*[t.partial-00000000-7").mkdir()
    recover(out)
    assert whole(out, "old")
    write(out, "new")
    left = {p.name for p in tmp_path.iterdir()}
    assert left == {"o*[t", f".o*[t.partial-{os.getppid()}", ".o*[t.partial-00000000-7"}


def no(one: Path, other: Path) -> bool:
    return False


@pytest.mark.parametrize("exchanges", [True, False])
def test_a_folder_that_cannot_be_renamed_is_written_into(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exchanges: bool
) -> None:
    out = tmp_path / "volume"
    write(out, "old")
    rename = Path.rename

    def busy(self: Path, target: Path) -> Path:
        if out in (self, Path(target)):
            raise OSError(errno.EBUSY, os.strerror(errno.EBUSY), str(self))
        return rename(self, target)

    def stands(one: Path, other: Path) -> bool:
        raise OSError(errno.EBUSY, os.strerror(errno.EBUSY), str(one))

    monkeypatch.setattr(Path, "rename", busy)
    monkeypatch.setattr("ground.artifacts.replacing.exchange", stands if exchanges else no)
    inode = out.stat().st_ino
    write(out, "new")
    assert out.stat().st_ino == inode and whole(out, "new")
    monkeypatch.setattr(os.path, "ismount", lambda path: Path(path) == out)
    write(out, "newer")
    assert out.stat().st_ino == inode and whole(out, "newer")
    assert [p.name for p in tmp_path.iterdir()] == ["volume"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_no_room_is_said_in_words(tmp_path: Path, number: int) -> None:
    write(tmp_path / "out", "old")
    error = OSError(number, os.strerror(number))
    by_name = RuntimeError("Error while serializing: No space left on device (os error 28)")
    fails(atomic_folder(tmp_path / "out"), error, "out cannot be written.*unchanged")
    fails(atomic_folder(tmp_path / "out"), by_name, "No space left")
    fails(atomic_text(tmp_path / "t.txt"), error, "t.txt cannot be written")
    assert whole(tmp_path / "out", "old")
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_other_errors_stay_what_they_are(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), atomic_folder(tmp_path / "out"):
        raise ZeroDivisionError
    with pytest.raises(FileNotFoundError), atomic_folder(tmp_path / "out"):
        (tmp_path / "input").read_text()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("exchanges", [True, False])
def test_a_folder_that_cannot_be_made_sure_of_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exchanges: bool
) -> None:
    out = tmp_path / "out"
    with atomic_folder(out) as folder:
        (folder / "a").write_text("old")

    def full(path: Path) -> None:
        if path == tmp_path:
            raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr("ground.artifacts.replacing.sync", full)
    if not exchanges:
        monkeypatch.setattr("ground.artifacts.replacing.exchange", no)
    with pytest.raises(OutputError), atomic_folder(out) as folder:
        (folder / "a").write_text("new")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert (out / "a").read_text() == "old"


def test_what_cannot_be_removed_afterwards_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    for text in ("old", "new"):
        with monkeypatch.context() as patch:
            if text == "new":
                patch.setattr("ground.artifacts.leftovers.remove", _read_only)
            with atomic_folder(out) as folder:
                (folder / "a").write_text(text)
    assert (out / "a").read_text() == "new"
    assert len(list(tmp_path.iterdir())) == 2


def _read_only(path: Path) -> None:
    raise OSError(errno.EROFS, "Read-only file system", str(path))
