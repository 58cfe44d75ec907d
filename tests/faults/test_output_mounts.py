"""Results in volumes: a folder that cannot be renamed is written into, whole or not at all."""

from __future__ import annotations

import errno
import os
import subprocess
from pathlib import Path

import pytest
from built import build, build_killed

from ground.artifacts import (
    MANIFEST,
    OutputError,
    check_file,
    fixed,
    is_complete,
    read_manifest,
)
from ground.errors import InputError


def pretend_mount(monkeypatch: pytest.MonkeyPatch, folder: Path, told: bool) -> None:
    """A folder that cannot be renamed, as a mount point; told: the system says that it is one."""
    rename = Path.rename

    def busy(self: Path, target: Path) -> Path:
        if folder in (self, Path(target)):
            raise OSError(errno.EBUSY, os.strerror(errno.EBUSY), str(self))
        return rename(self, target)

    def stands(one: Path, other: Path) -> bool:
        raise OSError(errno.EBUSY, os.strerror(errno.EBUSY), str(one))

    monkeypatch.setattr(Path, "rename", busy)
    monkeypatch.setattr("ground.artifacts.replacing.exchange", stands)
    if told:
        monkeypatch.setattr(fixed, "is_mount", lambda path: path == folder)


@pytest.mark.parametrize("told", [True, False])
def test_a_mount_point_is_written_into(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: bool
) -> None:
    out = tmp_path / "volume"
    out.mkdir()
    (out / "lost+found").mkdir()
    if not told:
        (out / "lost+found").rmdir()
    pretend_mount(monkeypatch, out, told)
    inode = out.stat().st_ino
    build(out, "old")
    with pytest.raises(InputError, match="--overwrite"):
        build(out, "new")
    build(out, "new", overwrite=True)
    assert out.stat().st_ino == inode
    assert (out / "file").read_text() == "new"
    assert sorted(p.name for p in out.iterdir()) == [MANIFEST, "file", *["lost+found"] * told]
    assert [p.name for p in tmp_path.iterdir()] == ["volume"]


@pytest.mark.slow
def test_a_mount_point_being_filled_when_the_process_dies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Readers find the old result or the new one; the same call then finishes."""
    out = tmp_path / "volume"
    out.mkdir()
    pretend_mount(monkeypatch, out, told=True)
    build(out, "old")
    filling = 0
    for at in range(1, 40):
        build(out, "old", overwrite=True)
        if not build_killed(at, out, overwrite=True):
            break
        begun = fixed.is_being_filled(out)
        filling += begun
        if begun and at % 2:
            # Killed again, at another place, while the same call goes on from there.
            build_killed(4, out)
            begun = fixed.is_being_filled(out)
        read_manifest(out, "thing")
        assert (out / "file").read_text() in (("new",) if begun else ("old", "new"))
        build(out, "new", overwrite=True)
        assert (out / "file").read_text() == "new"
        assert sorted(p.name for p in out.iterdir()) == [MANIFEST, "file"]
    assert filling >= 5 and at > 12


def test_a_real_volume(volume: Path) -> None:
    build(volume, "old")
    build(volume, "new", overwrite=True)
    assert (volume / "file").read_text() == "new"
    with pytest.raises(OutputError, match="No space left on device"):
        build(volume, "x" * 2_000_000, overwrite=True)
    assert sorted(p.name for p in volume.iterdir()) == [MANIFEST, "file"]
    assert is_complete(volume, "thing") and (volume / "file").read_text() == "new"


def test_a_file_that_is_mounted_by_itself_is_refused(tmp_path: Path, volume: Path) -> None:
    target = tmp_path / "t.csv"
    target.write_text("")
    (volume / "t.csv").write_text("theirs")
    done = subprocess.run(["mount", "--bind", volume / "t.csv", target], check=False)
    if done.returncode:
        pytest.skip("needs the right to mount")
    try:
        with pytest.raises(OutputError, match="mounted by itself"):
            check_file(target, True)
    finally:
        subprocess.run(["umount", "-l", target], check=False)
