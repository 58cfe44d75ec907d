"""Odd places for folders: written to, or refused in words; the old result stays."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from built import build

from ground.artifacts import (
    OutputError,
    building,
    check_file,
    check_folder,
    check_free,
    is_complete,
)
from ground.errors import InputError


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


def test_the_working_folder_is_written_into(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "here"
    out.mkdir()
    monkeypatch.chdir(out)
    inode = out.stat().st_ino
    build(out)
    assert out.stat().st_ino == inode and Path("file").read_text() == "x"
