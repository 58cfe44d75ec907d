"""Odd places for output: written to, or refused in words before the work; nothing is lost."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from commandline import Esplade

from ground.artifacts import (
    MANIFEST,
    OutputError,
    atomic_text,
    building,
    check_file,
    check_folder,
    check_free,
    fixed,
    is_complete,
    read_manifest,
    together,
)
from ground.errors import InputError

RUN = "q1 Q0 d1 1 2.0 t\nq1 Q0 d2 2 1.0 t\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a run and its judgments."""
    (tmp_path / "r.trec").write_text(RUN)
    (tmp_path / "qrels.txt").write_text("q1 0 d1 1\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def build(out: Path, content: str = "x", **options: Any) -> None:
    with building(out, "thing", **options) as result:
        (result.path / "file").write_text(content)


def compare(esplade: Esplade, *options: object) -> Any:
    judged = ("--qrels", "qrels.txt", "--measures", "RR@10")
    return esplade("compare", "r.trec", *judged, "--format", "csv", *options)


def score(esplade: Esplade, *options: object) -> Any:
    return esplade("score", "--run", "r.trec", "--qrels", "qrels.txt", *options)


def refused(answer: Any, *words: str) -> None:
    assert answer.code == 2, answer
    assert answer.err.startswith("esplade: ") and answer.err.count("\n") == 1, answer.err
    assert "[Errno" not in answer.err
    for word in words:
        assert word in answer.err, answer.err


def test_an_input_is_never_replaced_however_it_is_spelt(folder: Path, esplade: Esplade) -> None:
    (folder / "link.csv").symlink_to("r.trec")
    os.link(folder / "r.trec", folder / "hard.csv")
    (folder / "sub").mkdir()
    for out in ("r.trec", "./r.trec", "sub/../r.trec", folder / "r.trec", "link.csv", "hard.csv"):
        refused(compare(esplade, "--out", out, "--overwrite"), "is an input")
        refused(score(esplade, "--per-query", out, "--overwrite"), "is an input")
    refused(compare(esplade, "--out", "qrels.txt", "--overwrite"), "is an input")
    assert (folder / "r.trec").read_text() == RUN
    assert (folder / "link.csv").is_symlink()


def test_what_lies_beside_a_run_is_an_input_of_compare(folder: Path, esplade: Esplade) -> None:
    beside = folder / "r.trec.metadata.yaml"
    beside.write_text("method: {system: s}\n")
    refused(compare(esplade, "--out", beside, "--overwrite"), "is an input")
    assert beside.read_text() == "method: {system: s}\n"


def test_table_and_picture_are_two_files(folder: Path, esplade: Esplade) -> None:
    refused(compare(esplade, "--out", "f.svg", "--figure", "f"), "is also a picture")


def test_values_are_not_replaced_unasked(folder: Path, esplade: Esplade) -> None:
    (folder / "values").write_text("mine")
    refused(score(esplade, "--per-query", "values"), "--overwrite")
    assert (folder / "values").read_text() == "mine"
    assert score(esplade, "--per-query", "values", "--overwrite").code == 0
    assert (folder / "values").read_bytes()[:4] == b"PAR1"


def test_a_device_is_written_to_and_never_replaced(folder: Path, esplade: Esplade) -> None:
    before = os.stat("/dev/null")
    assert stat.S_ISCHR(before.st_mode)
    assert compare(esplade, "--out", "/dev/null").code == 0
    assert score(esplade, "--per-query", "/dev/null").code == 0
    assert os.stat("/dev/null").st_ino == before.st_ino
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
    with pytest.raises(InputError, match=r"could not lie beside it"):
        check_file(Path("/dev/null"), True, companions=[Path("/dev/null.metadata.yaml")])
    refused(compare(esplade, "--out", "/dev/full"), "No space left", "Make room")


def test_a_pipe_gets_the_table(folder: Path, esplade: Esplade) -> None:
    os.mkfifo("pipe")
    got: list[str] = []
    reader = threading.Thread(target=lambda: got.append(Path("pipe").read_text()))
    reader.start()
    assert compare(esplade, "--out", "pipe").code == 0
    reader.join(10)
    assert got[0].splitlines()[1] == "r,1.0,0"
    assert stat.S_ISFIFO(os.stat("pipe").st_mode)


def test_a_redirected_output_is_written_on(tmp_path: Path) -> None:
    """By its name it would be cut, or replaced by another file."""
    code = (
        "from pathlib import Path; from ground.artifacts import atomic_text, check_file\n"
        "print('first', flush=True)\n"
        "for name in ('/dev/stdout', '/dev/fd/1'):\n"
        "    check_file(Path(name), False)\n"
        "    with atomic_text(Path(name)) as stream: stream.write('x\\n')\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    log = tmp_path / "log"
    log.write_text("before\n")
    with log.open("a") as stream:
        subprocess.run([sys.executable, "-c", code], stdout=stream, env=environment, check=True)
    assert log.read_text() == "before\nfirst\n" + "x\n" * 2
    assert [p.name for p in tmp_path.iterdir()] == ["log"]


def test_links_to_files_stay(folder: Path, esplade: Esplade) -> None:
    (folder / "elsewhere").mkdir()
    (folder / "t.csv").symlink_to("elsewhere/real.csv")
    assert compare(esplade, "--out", "t.csv").code == 0
    assert os.readlink("t.csv") == "elsewhere/real.csv"
    assert "r,1.0,0" in (folder / "elsewhere" / "real.csv").read_text()
    refused(compare(esplade, "--out", "t.csv"), "--overwrite")
    assert [p.name for p in (folder / "elsewhere").iterdir()] == ["real.csv"]


@pytest.mark.parametrize(
    ("out", "words"),
    [
        ("r.trec/below", "nothing can lie below a file"),
        ("r.trec/below/it.csv", "nothing can lie below a file"),
        ("x" * 300 + ".csv", "too long"),
        ("x" * 230, "too long"),
        ("\u00fc" * 110, "too long"),
        (".", "no name of its own"),
        ("..", "no name of its own"),
        ("", "no name of its own"),
        ("sub", "is a folder"),
        ("loop", "leads back to itself"),
        ("no/../r.trec", "is an input"),
    ],
)
def test_places_that_cannot_be(folder: Path, esplade: Esplade, out: str, words: str) -> None:
    (folder / "sub").mkdir()
    (folder / "no").mkdir()
    (folder / "loop").symlink_to("loop")
    before = sorted(p.name for p in folder.iterdir())
    refused(compare(esplade, "--out", out, "--overwrite"), words)
    refused(score(esplade, "--per-query", out, "--overwrite"), words)
    assert sorted(p.name for p in folder.iterdir()) == before
    assert (folder / "r.trec").read_text() == RUN


@pytest.mark.parametrize(
    ("out", "words"),
    [
        ("file", "is a file"),
        ("file/below", "nothing can lie below a file"),
        ("x" * 300, "too long"),
        (".", "no name of its own"),
        ("", "no name of its own"),
        ("loop", "leads back to itself"),
        ("mine", "left alone"),
    ],
)
def test_folders_that_cannot_be(tmp_path: Path, out: str, words: str) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis").write_text("x")
    place = tmp_path / out if out not in (".", "") else Path(out)
    with pytest.raises(InputError, match=words):
        check_free(place, "thing", True)
    with pytest.raises(InputError, match=words):
        build(place, overwrite=True)


def test_a_folder_may_not_replace_what_the_command_reads(tmp_path: Path) -> None:
    build(tmp_path / "in")
    build(tmp_path / "out" / "in")
    (tmp_path / "link").symlink_to("in")
    (tmp_path / "data").mkdir()
    for out in ("in", "link", "in/deeper", "data/../in"):
        with pytest.raises(InputError, match="Choose"):
            check_folder(tmp_path / out, [tmp_path / "in"])
    with pytest.raises(InputError, match="holds, an input"):
        check_folder(tmp_path / "out", [str(tmp_path / "out" / "in")])
    # Vectors beside the data that they are of, and names that are no files, are no trouble.
    check_folder(tmp_path / "data" / "vectors", [tmp_path / "data", "pydoc", None])


def test_a_file_may_not_change_a_result_that_the_command_reads(tmp_path: Path) -> None:
    build(tmp_path / "index")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "corpus.jsonl").write_text("")
    for out in ("index/file", "index/new"):
        with pytest.raises(InputError, match="which this command reads"):
            check_file(tmp_path / out, True, [tmp_path / "index"])
    with pytest.raises(InputError, match="which this command reads"):
        check_file(tmp_path / "data" / "corpus.jsonl", True, [tmp_path / "data"])
    check_file(tmp_path / "data" / "run.trec", False, [tmp_path / "data"])


def test_a_link_to_a_folder_stays_and_so_does_the_old_result_on_failure(tmp_path: Path) -> None:
    real, link = tmp_path / "disk" / "real", tmp_path / "out"
    build(real, "old")
    link.symlink_to("disk/real")
    with pytest.raises(RuntimeError), building(link, "thing", overwrite=True):
        raise RuntimeError
    assert (link / "file").read_text() == "old"
    build(link, "new", overwrite=True)
    assert os.readlink(link) == "disk/real"
    assert (real / "file").read_text() == "new"
    assert [p.name for p in real.parent.iterdir()] == ["real"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["disk", "out"]


def test_a_link_to_nothing_makes_what_it_names(tmp_path: Path) -> None:
    (tmp_path / "out").symlink_to("later")
    build(tmp_path / "out")
    assert (tmp_path / "out").is_symlink() and is_complete(tmp_path / "later", "thing")


def test_a_working_folder_that_was_removed(tmp_path: Path) -> None:
    code = (
        "import os, sys; os.mkdir('gone'); os.chdir('gone'); os.rmdir('../gone');"
        "from pathlib import Path; from ground.artifacts import check_file, check_folder\n"
        "for check in (check_file, check_folder):\n"
        "    try: check(Path('t'), False) if check is check_file else check(Path('t'))\n"
        "    except ValueError as error: print(error)\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    run = [sys.executable, "-c", code]
    done = subprocess.run(run, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.stdout.count("the working folder was removed") == 2, done


def read_only(monkeypatch: pytest.MonkeyPatch, *folders: Path) -> None:
    """For root, who may write everywhere: let the system say otherwise."""
    access = os.access
    monkeypatch.setattr(os, "access", lambda p, how: Path(p) not in folders and access(p, how))


def test_a_folder_that_may_not_be_written_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_only(monkeypatch, tmp_path)
    for check in (lambda: check_file(tmp_path / "t", False), lambda: check_folder(tmp_path / "o")):
        with pytest.raises(OutputError, match="read-only, or belongs to another"):
            check()


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


def pretend_mount(monkeypatch: pytest.MonkeyPatch, folder: Path, told: bool) -> None:
    """A folder that cannot be renamed, as a mount point; told: the system says that it is one."""
    rename = Path.rename

    def busy(self: Path, target: Path) -> Path:
        if folder in (self, Path(target)):
            raise OSError(errno.EBUSY, os.strerror(errno.EBUSY), str(self))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", busy)
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


def test_the_working_folder_is_written_into(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "here"
    out.mkdir()
    monkeypatch.chdir(out)
    inode = out.stat().st_ino
    build(out)
    assert out.stat().st_ino == inode and Path("file").read_text() == "x"


def build_killed(at: int, below: Path, out: Path | None = None, **options: Any) -> bool:
    """Build in a process that dies at its n-th change of a file in a folder; whether it did."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    count = 0

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal count
        if event in ("os.rename", "os.remove", "os.rmdir") and str(below) in str(arguments[0]):
            count += 1
            if count == at:
                os._exit(9)

    sys.addaudithook(hook)
    try:
        build(out or below, "new", **options)
    finally:
        os._exit(0)


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


@pytest.mark.slow
@pytest.mark.parametrize("key", [None, "k" * 64])
def test_a_build_killed_at_every_change_of_a_file(tmp_path: Path, key: str | None) -> None:
    """Readers find the old result or the new one, also between the two renames."""
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
    assert places >= 5


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
