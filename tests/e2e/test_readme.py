"""The README's code, run as it is written; and its tables, which are published results."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from commandline import Esplade
from one_package import cut_to_one_package
from repository import ROOT

from harness.datasets import pydoc

README = ROOT / "README.md"
LINK = re.compile(r"\]\(((?!https?:|#)[^)#\s]+)")
PYTHON = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
BLOCK = re.compile(r"^```(?:sh|bash)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def commands() -> list[list[str]]:
    """The ``esplade`` commands of the README's shell blocks, in order."""
    text = README.read_text(encoding="utf-8")
    lines = "\n".join(BLOCK.findall(text)).replace("\\\n", " ").splitlines()
    found = [shlex.split(line, comments=True) for line in lines]
    return [words[1:] for words in found if words[:1] == ["esplade"]]


def test_the_answer_is_the_published_one() -> None:
    published = json.loads((ROOT / "runs/pydoc-choice/choice.json").read_text(encoding="utf-8"))
    quoted = " ".join(README.read_text(encoding="utf-8").replace("\n> ", " ").split())
    assert published["answer"].partition(" Searched among")[0] in quoted


@pytest.mark.parametrize(
    ("page", "table", "figure"),
    [
        ("README.md", "demo/table.md", "demo/figure1.png"),
        ("docs/study.md", "studies/verdicts.md", "studies/cppdocs/figure1.png"),
    ],
)
def test_the_page_shows_the_published_table(page: str, table: str, figure: str) -> None:
    published = (ROOT / "runs" / table).read_text(encoding="utf-8").strip()
    text = (ROOT / page).read_text(encoding="utf-8")
    assert published in text
    assert f"runs/{figure})" in text and (ROOT / "runs" / figure).exists()


def test_links_lead_somewhere() -> None:
    for path in (README, *(ROOT / "docs").rglob("*.md")):
        for link in LINK.findall(path.read_text(encoding="utf-8")):
            assert (path.parent / link).exists(), (path, link)


def test_there_are_commands_for_all_four_jobs() -> None:
    assert {"encode", "index", "search", "score", "compare"} <= {c[0] for c in commands()}


@pytest.mark.slow
def test_the_python_works_as_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = cut_to_one_package(pydoc.cached(), tmp_path / "pydoc")
    monkeypatch.setattr(pydoc, "cached", lambda: small)
    monkeypatch.chdir(tmp_path)
    given: dict[str, Any] = {}
    for code in PYTHON.findall(README.read_text(encoding="utf-8")):
        exec(compile(code, "<README>", "exec"), given)
    assert given["table"]["system"].tolist() == ["q5-d20", "bm25"]
    assert len(given["sweep"].table()) == 5


@pytest.mark.slow
def test_every_command_works_as_written(
    esplade: Esplade, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One package's objects take a small part of the time; `make demo` and the test below take all.
    small = cut_to_one_package(pydoc.cached(), tmp_path / "pydoc")
    monkeypatch.setattr(pydoc, "cached", lambda: small)
    run_every_command(esplade, tmp_path, monkeypatch)


@pytest.mark.long
def test_every_command_works_on_the_whole_collection(
    esplade: Esplade, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_every_command(esplade, tmp_path, monkeypatch)


def run_every_command(esplade: Esplade, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    for command in commands():
        answer = esplade(*command)
        assert answer.code == 0, (command, answer.err)
