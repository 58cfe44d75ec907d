"""Odd places for files: written to, or refused in words before the work; no input is lost."""

from __future__ import annotations

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
    check_file,
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
