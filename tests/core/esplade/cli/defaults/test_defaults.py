"""Files of defaults: what goes before what, what is refused and where, what is recorded."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commandline import Esplade

from ground.artifacts.digests import given_command


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder two levels below one with a file, and a user's configuration."""
    monkeypatch.delenv("ESPLADE_CONFIG")
    monkeypatch.delenv("ESPLADE_VERBOSITY", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    (tmp_path / "config" / "esplade").mkdir(parents=True)
    here = tmp_path / "project" / "deep"
    here.mkdir(parents=True)
    monkeypatch.chdir(here)
    return tmp_path


def user(folder: Path, text: str) -> None:
    (folder / "config" / "esplade" / "esplade.toml").write_text(text)


def project(folder: Path, text: str) -> None:
    (folder / "project" / "esplade.toml").write_text(text)


def in_force(esplade: Esplade, *command: str) -> dict[str, tuple[object, str]]:
    answer = esplade("config", *command, "--json")
    assert answer.code == 0, answer.err
    rows = json.loads(answer.out)["options"]
    return {row["option"]: (row["value"], row["from"]) for row in rows}


def test_what_goes_before_what(esplade: Esplade, folder: Path) -> None:
    user(folder, '[defaults]\ndevice = "cpu"\nk = 5\n[sweep]\ngrid = "0:0"\nthreads = 2\n')
    project(folder, '[sweep]\ngrid = "5:5"\n\n[defaults]\nthreads = 3\n')
    mine, theirs = folder / "project" / "esplade.toml", folder / "config/esplade/esplade.toml"
    sweep = in_force(esplade, "sweep")
    assert sweep["--grid"] == ("5:5", f"{mine}:2")
    assert sweep["--threads"] == (3, f"{mine}:5")
    assert sweep["--k"] == (5, f"{theirs}:3")
    assert sweep["--split"] == ("test", "built in")
    assert in_force(esplade, "search")["--threads"] == (3, f"{mine}:5")
    files = json.loads(esplade("config", "--path", "--json").out)["files"]
    assert [one["path"] for one in files] == [str(mine), str(theirs)]
    lines = [" ".join(line.split()) for line in esplade("config").out.splitlines()]
    assert f"sweep --grid 5:5 {mine}:2" in lines


def test_the_nearest_file_alone_counts_of_those_upwards(esplade: Esplade, folder: Path) -> None:
    project(folder, "[search]\nk = 7\n")
    (folder / "esplade.toml").write_text("[search]\nthreads = 9\n")
    found = in_force(esplade, "search")
    assert found["--k"][0] == 7 and found["--threads"] == (1, "built in")


def test_a_training_keeps_its_own_split(esplade: Esplade, folder: Path) -> None:
    project(folder, '[defaults]\nsplit = "dev"\n')
    assert in_force(esplade, "search")["--split"][0] == "dev"
    assert in_force(esplade, "finetune")["--split"] == ("train", "built in")
    project(folder, '[finetune]\nsplit = "dev"\n')
    assert in_force(esplade, "finetune")["--split"][0] == "dev"


def test_the_environment_goes_before_files(
    esplade: Esplade, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project(folder, "[defaults]\nverbose = true\n")
    assert in_force(esplade, "sweep")["--verbose"][0] is True
    monkeypatch.setenv("ESPLADE_VERBOSITY", "quiet")
    found = in_force(esplade, "sweep")
    assert found["--verbose"] == (False, "environment: ESPLADE_VERBOSITY")
    assert found["--quiet"] == (True, "environment: ESPLADE_VERBOSITY")


def test_what_is_typed_goes_before_files(esplade: Esplade, folder: Path) -> None:
    project(folder, "[defaults]\nverbose = true\njson = true\n")
    assert "cannot be a default" in esplade("data", "list").err
    project(folder, "[data.list]\nverbose = true\n")
    assert esplade("data", "list", "--quiet").code == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[swep]\ngrid = '0:0'\n", "line 1: there is no command 'swep'. Did you mean sweep?"),
        ("[sweep]\n\ngird = '0:0'\n", "line 3, [sweep] gird: there is no option --gird of sweep. "
         "Did you mean grid?"),
        ("[sweep]\nk = 'ten'\n", "line 2, [sweep] k: 'ten' is a text, where a whole number"),
        ("[sweep]\nk = 0\n", "line 2, [sweep] k: 0 is not 1 or more"),
        ("[sweep]\nk = true\n", "True is a switch, where a whole number is needed"),
        ("[sweep]\nbm25 = 'no'\n", "where true or false is needed"),
        ("[sweep]\nno_bm25 = true\n", "write bm25 = false"),
        ("[sweep]\ngrid = ['0:0']\n", "is a list, where a text in quotes"),
        ("[sweep]\noverwrite = true\n", "--overwrite cannot be a default, because it replaces"),
        ("[sweep]\nout = 'x'\n", "--out cannot be a default"),
        ("[sweep]\nonline = true\n", "it asks a network"),
        ("[runs.rm]\nyes = true\n", "it deletes without a question"),
        ("[index]\nindex = 'x'\n", "it says where something is written"),
        ("[search]\nrun = 'x'\n", "it says where something is written"),
        ("[defaults]\nwithin = '9'\n", "only choose has --within. Write it below [choose]"),
        ("[defaults]\nworkers = 'auto'\n", "That is what vocab takes"),
        ("[data]\nlist = 1\n", "data has commands of its own"),
        ("grid = '0:0'\n", "line 1: grid stands in no table"),
        ("[sweep\n", "is no TOML file"),
    ],
)  # fmt: skip
def test_mistakes_name_file_and_line(esplade: Esplade, folder: Path, text: str, said: str) -> None:
    project(folder, text)
    answer = esplade("data", "list")
    assert answer.code == 2
    assert str(folder / "project" / "esplade.toml") in answer.err
    assert said in answer.err


def test_help_comes_whatever_a_file_says(esplade: Esplade, folder: Path) -> None:
    project(folder, "[search]\nk = 7\n")
    assert "[default: 1000" in esplade("search", "--help").out
    project(folder, "[searhc]\n")
    assert esplade("search", "--help").code == 0


def test_paths_are_meant_from_the_file_on(esplade: Esplade, folder: Path) -> None:
    (folder / "project" / "data").mkdir()
    project(folder, '[score]\nqrels = "q.tsv"\ndataset = "data"\n[cost]\ndataset = "pydoc"\n')
    score = in_force(esplade, "score")
    assert (score["--qrels"][0], score["--dataset"][0]) == ("../q.tsv", "../data")
    assert in_force(esplade, "cost")["--dataset"][0] == "pydoc"


def test_an_error_says_which_value_was_not_typed(esplade: Esplade, folder: Path) -> None:
    project(folder, '[score]\nmeasures = "nDCG"\nqrels = "none.tsv"\n')
    answer = esplade("score", "--run", "nothing.trec", "--dataset", "pydoc")
    assert answer.code == 2
    assert f"--measures is from {folder / 'project/esplade.toml'}, line 2" in answer.err


def test_what_a_file_gives_is_recorded_with_the_command(
    esplade: Esplade, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project(folder, "[runs.list]\nkind = 'index'\nverbose = true\n")
    seen: list[list[str]] = []
    monkeypatch.setattr(
        "esplade.find_results", lambda *_, **__: seen.append(given_command()) or [], raising=False
    )
    assert esplade("runs", "list").code == 0
    assert seen == [["esplade", "runs", "list", "--kind", "index"]]


def test_one_file_can_be_named_or_none(
    esplade: Esplade, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project(folder, "[search]\nk = 7\n")
    monkeypatch.setenv("ESPLADE_CONFIG", "none")
    assert in_force(esplade, "search")["--k"] == (1000, "built in")
    monkeypatch.setenv("ESPLADE_CONFIG", str(folder / "missing.toml"))
    assert esplade("config").code == 2
