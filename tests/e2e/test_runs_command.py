"""``esplade runs``: what a person sees of results, and how they go."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commandline import Collection, Esplade


@pytest.fixture
def made(esplade: Esplade, collection: Collection, tmp_path: Path) -> Path:
    folder = tmp_path / "with space"
    index, run = folder / "index", folder / "run.trec"
    built = esplade("index", "--vectors", collection.documents, "--index", index, "--dk", 4)
    assert built.code == 0, built.err
    found = esplade("search", "--index", index, "--queries", collection.queries, "--run", run)
    assert found.code == 0, found.err
    return folder


def test_list_show_rm(esplade: Esplade, made: Path) -> None:
    listed = esplade("runs", "list", made)
    assert listed.code == 0, listed.err
    assert [line.split()[2] for line in listed.out.splitlines()] == ["run", "index"]
    assert f"'{made / 'index'}'" in listed.out
    facts = json.loads(esplade("runs", "list", made, "--kind", "index", "--json").out)["results"]
    size = sum(file.stat().st_size for file in (made / "index").rglob("*") if file.is_file())
    assert [(one["kind"], one["bytes"]) for one in facts] == [("index", size)]

    shown = json.loads(esplade("runs", "show", made / "index", "--json").out)
    assert shown["manifest"]["dk"] == 4 and shown["manifest"]["resources"]["wall_seconds"] > 0
    assert shown["command"].startswith("esplade index --vectors ")
    text = esplade("runs", "show", made / "run.trec").out
    assert f"--run '{made / 'run.trec'}'" in text.replace("\n  ", " ") and "postings:" in text

    refused = esplade("runs", "rm", made / "index")
    assert refused.code == 2 and "--yes" in refused.err
    removed = esplade("runs", "rm", made / "index", made / "run.trec", "--yes", "--json")
    assert removed.code == 0, removed.err
    assert json.loads(removed.out)["freed"] > size
    assert list(made.iterdir()) == []


def test_rm_asks_on_a_terminal(
    esplade: Esplade, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("esplade.cli.runs.sys.stdin.isatty", lambda: True, raising=False)
    for answer, left in ((False, True), (True, False)):
        monkeypatch.setattr("typer.confirm", lambda *_, answer=answer, **__: answer)
        said = esplade("runs", "rm", made / "run.trec")
        assert said.code == 0 and (made / "run.trec").exists() is left
    assert "freed" in said.err


def test_nothing_of_that_kind(esplade: Esplade, made: Path) -> None:
    assert esplade("runs", "list", made, "--kind", "sweep").err == "No results here.\n"
    wrong = esplade("runs", "list", made, "--kind", "sweeps")
    assert wrong.code == 2 and "sweep, choice" in wrong.err
    assert esplade("runs", "list", made / "nowhere").code == 2
