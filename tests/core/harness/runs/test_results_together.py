"""A result of several files: all of them are there or none, wherever the process is killed."""

from __future__ import annotations

import os
import signal
import sys
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from ground.artifacts import atomic_text, is_unfinished, settle, together
from ground.artifacts.leftovers import host, is_abandoned
from ground.errors import InputError
from harness.runs import perquery
from harness.runs.metadata import describe, metadata_path, read_metadata
from harness.runs.runfile import Run, read_run, write_run

DEAD = 2**22 + 1


def write_result(path: Path, word: str, overwrite: bool = False) -> None:
    """A run of which all three files hold the same word."""
    run = Run(["q"], np.array([0, 1]), np.array([word], dtype=object), np.array([1]), word)
    with together(path):
        write_run(path, run, describe(method={"word": word}), overwrite)
        values = perquery.make_values(["q"], {word: [1.0]})
        perquery.write_values(perquery.sidecar_path(path), values)


def words(path: Path) -> tuple[str | None, str | None, str | None]:
    """What the readers of ours find: in the run, in its metadata, among its values."""
    sidecar = perquery.find_sidecar(path)
    found = read_metadata(path).get("method", {}).get("word")
    values = perquery.read_values(sidecar)["measure"][0] if sidecar else None
    return (read_run(path).tag if path.exists() else None, found, values)


def run_killed(at: int, path: Path, word: str, overwrite: bool) -> bool:
    """Write a result in a process that dies at its n-th change of a file; whether it did."""
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1] == signal.SIGKILL
    count = 0

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal count
        changes = event in ("os.rename", "os.remove", "os.truncate")
        flags = arguments[2] if event == "open" else 0
        changes |= isinstance(flags, int) and bool(flags & os.O_CREAT)
        if changes and str(path.parent) in str(arguments):
            count += 1
            if count == at:
                os.kill(os.getpid(), signal.SIGKILL)

    signal.alarm(60)
    sys.addaudithook(hook)
    try:
        write_result(path, word, overwrite)
    finally:
        os._exit(0)


def test_a_journal_that_cannot_be_read_is_refused_and_replaced(tmp_path: Path) -> None:
    path = tmp_path / "r.trec"
    write_result(path, "old")
    (tmp_path / ".r.trec.placing").write_text("{")
    with pytest.raises(InputError, match="is not finished"):
        read_run(path)
    write_result(path, "new")
    assert words(path) == ("new", "new", "new")


def test_an_error_leaves_the_old_files(tmp_path: Path) -> None:
    path = tmp_path / "r.trec"
    write_result(path, "old")
    with pytest.raises(RuntimeError), together(path):
        write_run(path, read_run(path), {"method": {"word": "new"}}, overwrite=True)
        raise RuntimeError
    assert words(path) == ("old", "old", "old")
    assert len(list(tmp_path.iterdir())) == 3


def test_the_companions_of_an_older_run_go_with_it(tmp_path: Path) -> None:
    path = tmp_path / "r.trec"
    write_result(path, "old")
    write_run(path, read_run(path), overwrite=True)
    assert [p.name for p in tmp_path.iterdir()] == ["r.trec"]


def test_leftovers_of_the_dead_go_and_those_of_the_living_stay(tmp_path: Path) -> None:
    mine = tmp_path / f".t.md.partial-{host()}-{os.getppid()}"
    dead = tmp_path / f".t.md.partial-{host()}-{DEAD}"
    plain = tmp_path / f".t.md.partial-{DEAD}"
    far, old = tmp_path / ".t.md.partial-00000000-7", tmp_path / ".t.md.partial-00000000-8"
    for file in (mine, dead, plain, far, old):
        file.write_text("")
    os.utime(old, (1e9, 1e9))
    with atomic_text(tmp_path / "t.md") as stream:
        stream.write("x")
    assert {p.name for p in tmp_path.iterdir()} == {"t.md", mine.name, far.name}


def test_a_process_number_that_was_given_away_again_is_not_the_writer(tmp_path: Path) -> None:
    partial = tmp_path / f".t.partial-{os.getpid()}"
    partial.write_text("")
    assert not is_abandoned(partial)
    os.utime(partial, (1e9, 1e9))
    assert is_abandoned(partial)


def test_one_file_alone_needs_no_journal(tmp_path: Path) -> None:
    with together(tmp_path / "t"), atomic_text(tmp_path / "t") as stream:
        stream.write("x")
    settle(tmp_path / "t")
    assert [p.name for p in tmp_path.iterdir()] == ["t"]


@pytest.mark.slow
@pytest.mark.parametrize("overwrite", [False, True])
def test_a_process_killed_at_every_change_of_a_file(tmp_path: Path, overwrite: bool) -> None:
    path = tmp_path / "r.trec"
    before = ("old",) * 3 if overwrite else (None,) * 3
    decided = 0
    for at in range(1, 60):
        start_anew(path, overwrite)
        if not run_killed(at, path, "new", overwrite):
            break
        decided += is_unfinished(path)
        expect_whole(path, before, at)
    else:
        pytest.fail("the process never got to its end")
    # Each of the three files can be the one that is not in its place yet.
    assert decided >= 3 and at > 8


@pytest.mark.slow
@pytest.mark.parametrize("overwrite", [False, True])
def test_the_same_call_finishes_whatever_the_kills_before_it_left(
    tmp_path: Path, overwrite: bool
) -> None:
    path = tmp_path / "r.trec"
    for first, second in product((9, 11, 12), (1, 8, 11)):
        start_anew(path, overwrite)
        for at in (first, second):
            run_killed(at, path, "new", overwrite or is_unfinished(path))
        finished = path.exists() and not is_unfinished(path) and not overwrite
        if not finished:
            write_result(path, "new", overwrite)
        expect_whole(path, ("new",) * 3, (first, second))
        with pytest.raises(InputError, match="--overwrite"):
            write_result(path, "other")
        assert {p.name for p in tmp_path.iterdir()} <= {p.name for p in three(path)}


def start_anew(path: Path, overwrite: bool) -> None:
    for file in path.parent.iterdir():
        file.unlink()
    if overwrite:
        write_result(path, "old")


def three(path: Path) -> list[Path]:
    return [path, metadata_path(path), perquery.sidecar_path(path)]


def expect_whole(path: Path, before: tuple[str | None, ...], at: object) -> None:
    """Readers find all of the new result or all of what was there."""
    decided = is_unfinished(path)
    found = words(path)
    assert found in [("new",) * 3, before], (at, found)
    if decided:
        assert found == ("new",) * 3, at
    assert not is_unfinished(path)
