"""A log that one can send: all that happened is in it, and nobody's home or token."""

from __future__ import annotations

import logging
import warnings
from pathlib import Path
from typing import Any

import pytest
from commandline import Esplade

from esplade import progress


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder, and in it the working folder."""
    folder = tmp_path / "home"
    (folder / "work").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("HF_TOKEN", "averysecretword")
    monkeypatch.chdir(folder / "work")
    return folder


def listing(monkeypatch: pytest.MonkeyPatch, do: Any) -> None:
    """Let ``esplade runs list`` do something else."""
    monkeypatch.setattr("esplade.find_results", do, raising=False)


def test_what_is_in_a_log(esplade: Esplade, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def work(folders: object, **_: object) -> list[object]:
        progress.say(f"reading {home}/data with averysecretword and hf_abcdefghijkl")
        progress.detail("a detail")
        warnings.warn("this is old", stacklevel=1)
        with progress.progress("Counting", 3) as advance:
            advance(3)
        return []

    listing(monkeypatch, work)
    answer = esplade("--log", "my.log", "runs", "list", f"{home}/data", "--kind", "index")
    assert answer.code == 0, answer.err
    text = Path("my.log").read_text()
    for line in (
        "command esplade --log my.log runs list",
        "folder ~/work",
        "java ",
        "numpy ",
        "setting --kind = index (typed)",
        "setting --dataset = None (built in)",
        "reading ~/data with *** and ***",
        "DEBUG   a detail",
        "UserWarning: this is old",
        "Counting: 3 in ",
        "ended with exit code 0 after",
    ):
        assert line in text, line
    assert str(home) not in text and "secretword" not in text
    assert logging.getLogger("esplade").handlers[1:] == []


def test_a_fault_names_the_log(
    esplade: Esplade, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def work(folders: object, **_: object) -> list[object]:
        raise KeyError("what")

    listing(monkeypatch, work)
    without = esplade("runs", "list")
    assert without.code == 1 and "`esplade --log FILE COMMAND ...` writes a log" in without.err
    monkeypatch.setenv("ESPLADE_LOG", "deep/my.log")
    answer = esplade("runs", "list")
    assert answer.code == 1 and "(The log of it is in deep/my.log.)" in answer.err
    text = Path("deep/my.log").read_text()
    assert "Traceback (most recent call last)" in text and "KeyError: 'what'" in text
    assert "ended with exit code 1" in text


def test_wrong_input_is_no_fault(esplade: Esplade, home: Path) -> None:
    answer = esplade("--log", "my.log", "runs", "list", "nowhere")
    assert answer.code == 2 and "--log" not in answer.err
    text = Path("my.log").read_text()
    assert "InputError: There is no folder nowhere" in text and "Traceback" not in text
    assert esplade("--log", str(home), "runs", "list").code == 2
