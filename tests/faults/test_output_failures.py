"""Results that fail or are killed half-way: the old one stays, and nothing lies beside it."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from built import build, build_killed

from ground.artifacts import (
    OutputError,
    atomic_text,
    building,
    is_complete,
    together,
)
from ground.errors import InputError


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG])
@pytest.mark.parametrize("call", ["fsync", "replace", "mkdir"])
def test_no_room_at_any_step_keeps_the_old_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, call: str
) -> None:
    out, file = tmp_path / "out", tmp_path / "t.csv"
    build(out, "old")
    file.write_text("old")

    def fail(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    where = {"fsync": os, "replace": Path, "mkdir": Path}[call]
    with monkeypatch.context() as patch:
        patch.setattr(where, call, fail)
        with pytest.raises(OutputError, match="cannot be written.*unchanged"):
            build(out, "new", overwrite=True)
        if call != "mkdir":
            words = r"t\.csv cannot be written"
            with pytest.raises(OutputError, match=words), atomic_text(file) as stream:
                stream.write("new")
    assert (out / "file").read_text() == "old" and file.read_text() == "old"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out", "t.csv"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
def test_bytes_that_only_fail_to_reach_the_disk_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """Servers of files say so when they are asked to sync, also of files that others wrote."""
    build(tmp_path / "out", "old")
    fsync, paths = os.fsync, "/proc/self/fd/{}"

    def fail(handle: int) -> None:
        if os.readlink(paths.format(handle)).endswith("/file"):
            raise OSError(number, os.strerror(number))
        fsync(handle)

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OutputError, match=os.strerror(number)):
        build(tmp_path / "out", "new", overwrite=True)
    assert (tmp_path / "out" / "file").read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_an_error_of_an_input_is_not_of_the_output(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="input"), building(tmp_path / "out", "thing"):
        (tmp_path / "input").read_text()
    assert not list(tmp_path.iterdir())


def test_a_limit_on_the_size_of_files(tmp_path: Path) -> None:
    code = (
        "import resource, signal, sys; from pathlib import Path;"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096));"
        "from ground.artifacts import atomic_text, building\n"
        "try:\n"
        "    with atomic_text(Path('t.csv')) as stream: stream.write('x' * 100000)\n"
        "except ValueError as error: print(error)\n"
        "try:\n"
        "    with building(Path('out'), 'thing') as b: (b.path / 'f').write_text('x' * 100000)\n"
        "except ValueError as error: print(error)\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    run = [sys.executable, "-c", code]
    done = subprocess.run(run, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.stdout.count("cannot be written: File too large. Raise the limit") == 2, done
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
@pytest.mark.parametrize("key", [None, "k" * 64])
def test_a_build_killed_at_every_change_of_a_file(tmp_path: Path, key: str | None) -> None:
    """Readers find the old result or the new one at any moment."""
    home = tmp_path / "home"
    out = home / "out"
    resume: dict[str, Any] = {"key": key, "resume": key is not None}
    places = 0
    for at in range(1, 30):
        build(out, "old", overwrite=True)
        if not build_killed(at, home, out=out, overwrite=True, **resume):
            break
        places += 1
        found = is_complete(out, "thing") and (out / "file").read_text()
        assert found in ("old", "new"), at
        build(out, "new", overwrite=True, **resume)
        assert (out / "file").read_text() == "new"
        assert [p.name for p in home.iterdir()] == ["out"]
    assert places >= 4


def test_two_processes_that_build_one_result(tmp_path: Path) -> None:
    """While one builds, the other is refused in words; afterwards the result is the first's."""
    out = tmp_path / "out"
    ready, done = os.pipe(), os.pipe()
    child = os.fork()
    if not child:
        with building(out, "thing") as result:
            (result.path / "file").write_text("first")
            os.write(ready[1], b"x")
            os.read(done[0], 1)
        os._exit(0)
    os.read(ready[0], 1)
    with pytest.raises(InputError, match=f"written by another process .process {child} on"):
        build(out, "second")
    os.write(done[1], b"x")
    os.waitpid(child, 0)
    assert (out / "file").read_text() == "first"
    with pytest.raises(InputError, match="--overwrite"):
        build(out, "second")
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


@pytest.mark.slow
def test_two_processes_that_write_the_same_files(tmp_path: Path) -> None:
    """Each round both begin at once; what is there is of one of them, whole."""
    one, two = tmp_path / "one", tmp_path / "two"
    children = []
    for word in ("first", "other"):
        child = os.fork()
        if not child:
            for _ in range(30):
                with together(two):
                    for path in (one, two):
                        with atomic_text(path) as stream:
                            stream.write(word)
            os._exit(0)
        children.append(child)
    for child in children:
        assert os.waitpid(child, 0)[1] == 0
    assert one.read_text() == two.read_text() in ("first", "other")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["one", "two"]
