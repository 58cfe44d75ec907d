"""Help comes at once: no command imports anything heavy before it is run."""

from __future__ import annotations

import subprocess
import sys

import pytest

from harness import __version__

COMMANDS = (
    *("demo", "doctor", "data", "vocab", "pretrain", "finetune", "encode", "index", "search"),
    *("score", "cost", "compare", "sweep", "inspect", "stats", "export-encoder", "mine"),
    "study",
    "study-join",
    "study-report",
)
HEAVY = (
    *("torch", "transformers", "pandas", "pyarrow", "scipy", "numpy", "matplotlib"),
    *("ir_measures", "jnius", "pyserini"),
)

SCRIPT = """
import sys
from esplade.cli import main
commands, heavy = sys.argv[1].split(), sys.argv[2].split()
for command in commands:
    sys.argv = ["esplade", command, "--help"]
    try:
        main.main()
    except SystemExit as stop:
        assert not stop.code, command
print("HEAVY", [name for name in heavy if name in sys.modules])
"""


def test_help_imports_nothing_heavy() -> None:
    result = subprocess.run(
        [sys.executable, "-c", SCRIPT, " ".join(COMMANDS), " ".join(HEAVY)],
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.count("Usage:") == len(COMMANDS)
    assert result.stdout.rstrip().endswith("HEAVY []")


@pytest.mark.parametrize("bad", [["nothing"], ["search", "--k", "x"], ["index"], ["sweep"]])
def test_wrong_arguments_exit_with_2(bad: list[str]) -> None:
    command = [sys.executable, "-m", "esplade.cli.main", *bad]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 2
    assert "Traceback" not in result.stderr


def test_version() -> None:
    command = [sys.executable, "-m", "esplade.cli.main", "--version"]
    result = subprocess.run(command, capture_output=True, text=True)
    assert (result.returncode, result.stdout) == (0, f"esplade {__version__}\n")
