"""How a command ends: Ctrl-C, readers that leave, standard streams that are closed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from commandline import Esplade

from esplade import progress as telling
from esplade import scoring


def ending(
    esplade: Esplade, monkeypatch: pytest.MonkeyPatch, inside: Callable[[list[str]], list[Path]]
) -> tuple[int, str]:
    """A command in whose midst something happens: its code, and what it says."""
    monkeypatch.setattr(scoring, "expand_runs", inside)
    answer = esplade("score", "--run", "r", "--qrels", "q")
    assert answer.out == ""
    return answer.code, answer.err


def press(patterns: list[str]) -> list[Path]:
    os.kill(os.getpid(), signal.SIGINT)
    return []


def test_ctrl_c_is_one_line(esplade: Esplade, monkeypatch: pytest.MonkeyPatch) -> None:
    before = signal.getsignal(signal.SIGINT)
    assert ending(esplade, monkeypatch, press) == (130, "esplade: interrupted.\n")
    assert signal.getsignal(signal.SIGINT) is before


def test_a_ctrl_c_that_something_swallowed(
    esplade: Esplade, monkeypatch: pytest.MonkeyPatch
) -> None:
    def swallow(patterns: list[str]) -> list[Path]:
        with suppress(BaseException):
            press(patterns)
        with telling.progress("Working") as advance:
            advance(1)
        return [Path("never")]

    assert ending(esplade, monkeypatch, swallow) == (130, "esplade: interrupted.\n")
    # The next command of the same process knows nothing of it.
    monkeypatch.undo()
    assert esplade("--version").code == 0


def test_a_process_that_is_deaf_to_ctrl_c_stays_so(
    esplade: Esplade, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        code, said = ending(esplade, monkeypatch, press)
    finally:
        signal.signal(signal.SIGINT, before)
    assert (code, "interrupted" in said) == (2, False)  # it went on, and missed the judgments


def test_the_end_of_a_file_is_no_wish_to_abort(
    esplade: Esplade, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ended(patterns: list[str]) -> list[Path]:
        raise EOFError("Compressed file ended before the end-of-stream marker was reached")

    code, said = ending(esplade, monkeypatch, ended)
    assert code == 1
    assert said.startswith("esplade: internal error: EOFError: Compressed file ended")


def started(tmp_path: Path, **streams: int) -> subprocess.Popen[bytes]:
    (tmp_path / "r").write_text("q Q0 d 1 1 t\n")
    (tmp_path / "q").write_text("q 0 d 1\n")
    command = [sys.executable, "-m", "esplade.cli.main", "score", "--run", "r", "--qrels", "q"]
    place = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    return subprocess.Popen(command, cwd=tmp_path, env=place, **streams)


@pytest.mark.slow
def test_a_reader_that_has_seen_enough(tmp_path: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    process = started(tmp_path, stdout=write, stderr=subprocess.PIPE)
    os.close(write)
    assert process.communicate()[1] == b""
    assert process.returncode == 0


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is full")
def test_an_answer_that_cannot_be_written(tmp_path: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        process = started(tmp_path, stdout=full.fileno(), stderr=subprocess.PIPE)
        said = process.communicate()[1].decode()
    assert (process.returncode, said.count("\n")) == (2, 1)
    assert said.startswith("esplade: ") and "No space left" in said


CLOSED = """
import os, sys
os.execv(sys.executable, [sys.executable, "-c", '''
import os, sys
from esplade.cli import streams
streams.open_missing()
with open("first", "w") as first:
    assert first.fileno() > 2
print("to nobody")
print("to nobody", file=sys.stderr)
assert sys.stdin.read() == ""
with open("fine", "w") as fine:
    fine.write("yes")
'''])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell")
def test_streams_that_are_closed(tmp_path: Path) -> None:
    place = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    line = ["sh", "-c", 'exec "$0" -c "$1" <&- >&- 2>&-', sys.executable, CLOSED]
    done = subprocess.run(line, cwd=tmp_path, env=place, check=False)
    assert done.returncode == 0
    assert (tmp_path / "fine").read_text() == "yes"
    assert (tmp_path / "first").read_text() == ""
