"""What every command has: how much is told, a log, and answers to misspelt names."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import typer

from esplade import progress
from esplade.cli.app import app
from esplade.cli.groups import GROUPS


def leaves(command: object, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    below = getattr(command, "commands", None)
    if not below:
        return [path]
    return [leaf for name, one in below.items() for leaf in leaves(one, (*path, name))]


COMMANDS = leaves(typer.main.get_command(app))


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "esplade.cli.main", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True)


def test_every_command_is_in_a_group_and_has_the_options() -> None:
    assert {path[0] for path in COMMANDS} == {n for names in GROUPS.values() for n in names}
    root = typer.main.get_command(app)
    for path in COMMANDS:
        command = root
        for name in path:
            command = command.commands[name]  # type: ignore[attr-defined]
        options = {name for one in command.params for name in one.opts}
        assert {"--quiet", "--verbose", "--debug", "--log-file"} <= options, path


def test_help_shows_groups_and_whole_summaries() -> None:
    said = run("--help").stdout
    for title in GROUPS:
        assert f"\n{title}:\n" in said
    assert "...\n" not in said.partition("Start:")[2]
    assert (
        " ".join(said.split()).count("Search an impact index or a BM25 index, exactly: top k") == 1
    )


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        (("sweeep",), "Did you mean sweep?"),
        (("exprot",), "Did you mean export"),
        (("data", "shwo"), "Did you mean show"),
        (("score", "--rnu", "x"), "--run"),
        (("index", "--vectros", "x"), "--vectors"),
    ],
)
def test_a_misspelt_name_is_answered_with_the_nearest(given: tuple[str, ...], meant: str) -> None:
    ended = run(*given)
    assert ended.returncode == 2 and meant in ended.stderr


def test_quiet_verbose_and_a_log(tmp_path: Path) -> None:
    out = tmp_path / "v.txt"
    text = tmp_path / "t.txt"
    text.write_text("one two two\n")
    command = ("vocab", "--corpus", text, "--out", out, "--overwrite", "--workers", 1)
    assert "2 words" in run(*command).stderr
    log = tmp_path / "log" / "l.txt"
    ended = run(*command, "--quiet", "--log-file", log)
    assert (ended.returncode, ended.stderr, ended.stdout) == (0, "", "")
    assert "2 words" in log.read_text()
    failed = run("vocab", "--corpus", "nowhere", "--out", out, "--log-file", log)
    assert failed.returncode == 2 and "InputError: " in log.read_text().splitlines()[-1]
    both = run(*command, "--quiet", "--verbose")
    assert both.returncode == 2 and "give one of the two" in both.stderr
    folder = run(*command, "--log-file", tmp_path)
    assert folder.returncode == 2 and "is a folder" in folder.stderr
    assert progress.verbosity() == "normal"
