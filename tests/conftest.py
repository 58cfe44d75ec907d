"""What all tests share: their order, and the command line run as a user runs it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from commandline import Answer, Esplade


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow tests first, whole commands before the rest: no worker ends with minutes to itself."""
    items.sort(key=lambda item: ("slow" not in item.keywords, "e2e" not in item.path.parts))


@pytest.fixture(autouse=True)
def verbosity() -> Iterator[None]:
    """What one test tells, or does not, is nothing to the next."""
    yield
    if telling := sys.modules.get("esplade.progress"):
        telling.set_verbosity("normal")


@pytest.fixture(autouse=True)
def no_calibration(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What this machine was found to take is nothing to a test: tables would have a column more."""
    monkeypatch.setattr("ground.machine.calibrations", lambda: tmp_path / "calibrations")


@pytest.fixture(autouse=True)
def no_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    """What whoever runs the tests has made a default is none here."""
    monkeypatch.setenv("ESPLADE_CONFIG", "none")


@pytest.fixture
def esplade(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Esplade:
    """Run a command in this process: its exit code, and what it printed."""
    from esplade.cli import main as command_line

    def run(*arguments: object) -> Answer:
        monkeypatch.setattr(sys, "argv", ["esplade", *map(str, arguments)])
        capsys.readouterr()
        try:
            command_line.main()
            code = 0
        except SystemExit as stop:
            code = int(stop.code or 0)
        captured = capsys.readouterr()
        return Answer(code, captured.out, captured.err)

    return run
