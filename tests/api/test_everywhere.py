"""What every command has: how much is told, a log, and answers to misspelt names."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer
from commandline import Esplade

from esplade import progress
from esplade.cli.app import app
from esplade.cli.groups import GROUPS


def leaves(command: object, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    below = getattr(command, "commands", None)
    if not below:
        return [path]
    return [leaf for name, one in below.items() for leaf in leaves(one, (*path, name))]


COMMANDS = leaves(typer.main.get_command(app))


def test_every_command_is_in_a_group_and_has_the_options() -> None:
    assert {path[0] for path in COMMANDS} == {n for names in GROUPS.values() for n in names}
    root = typer.main.get_command(app)
    for path in COMMANDS:
        command = root
        for name in path:
            command = command.commands[name]  # type: ignore[attr-defined]
        options = {name for one in command.params for name in one.opts}
        assert {"--quiet", "--verbose", "--debug", "--log-file"} <= options, path


def test_help_shows_groups_and_whole_summaries(esplade: Esplade) -> None:
    said = esplade("--help").out
    for title in GROUPS:
        assert f"\n{title}:\n" in said
    assert "...\n" not in said.partition("Start:")[2]
    assert (
        " ".join(said.split()).count("Search an impact index or a BM25 index, exactly: top k") == 1
    )


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        (("sweeep",), "Did you mean sweep or serve?"),
        (("exprot",), "Did you mean export"),
        (("data", "shwo"), "Did you mean show"),
        (("score", "--rnu", "x"), "--run"),
        (("index", "--vectros", "x"), "--vectors"),
    ],
)
def test_a_misspelt_name_is_answered_with_the_nearest(
    esplade: Esplade, given: tuple[str, ...], meant: str
) -> None:
    ended = esplade(*given)
    assert ended.code == 2 and meant in ended.err


def test_quiet_verbose_and_a_log(esplade: Esplade, tmp_path: Path) -> None:
    out = tmp_path / "v.txt"
    text = tmp_path / "t.txt"
    text.write_text("one two two\n")
    command = ("vocab", "--corpus", text, "--out", out, "--overwrite", "--workers", 1)
    assert "2 words" in esplade(*command).err
    log = tmp_path / "log" / "l.txt"
    ended = esplade(*command, "--quiet", "--log-file", log)
    assert (ended.code, ended.err, ended.out) == (0, "", "")
    assert "2 words" in log.read_text()
    failed = esplade("vocab", "--corpus", "nowhere", "--out", out, "--log-file", log)
    assert failed.code == 2 and "InputError: " in log.read_text().splitlines()[-1]
    both = esplade(*command, "--quiet", "--verbose")
    assert both.code == 2 and "give one of the two" in both.err
    folder = esplade(*command, "--log-file", tmp_path)
    assert folder.code == 2 and "is a folder" in folder.err
    assert progress.verbosity() == "normal"
