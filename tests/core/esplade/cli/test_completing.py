"""What the shell is offered, and that it comes without anything heavy."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from repository import ROOT

from esplade.cli import completing

HEAVY = (
    "torch",
    "transformers",
    "pandas",
    "pyarrow",
    "scipy",
    "numpy",
    "matplotlib",
    "ir_measures",
)
SCRIPT = """
import sys
sys.argv = ["esplade"]
from esplade.cli import main
try:
    main.main()
except SystemExit:
    pass
print("HEAVY", [name for name in sys.argv_heavy if name in sys.modules])
""".replace("sys.argv_heavy", repr(HEAVY))


def offered(line: str, folder: Path) -> list[str]:
    """What bash is answered after a line, whose last word is being typed."""
    words = line.split(" ")
    environment = {
        **os.environ,
        "_ESPLADE_COMPLETE": "complete_bash",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(words) - 1),
        "ESPLADE_DATA": str(folder / "collections"),
        "PYTHONPATH": str(ROOT),
    }
    found = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, env=environment, cwd=folder
    )
    *answer, heavy = found.stdout.splitlines()
    assert heavy == "HEAVY []", found.stderr
    return answer


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("collections/one", "mine"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "corpus.jsonl").write_text("")
    (tmp_path / "other" / ".hidden").mkdir(parents=True)
    (tmp_path / "other" / "tuned").mkdir()
    (tmp_path / "other" / "tuned" / "config.json").write_text("{}")
    return tmp_path


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("esplade swe", ["sweep"]),
        ("esplade runs ", ["list", "show", "rm"]),
        ("esplade sweep --encoder pydoc-", ["pydoc-small", "pydoc-tiny"]),
        ("esplade sweep --split d", ["dev"]),
        ("esplade pretrain --decay co", ["cosine", "constant"]),
        ("esplade config data", ["data"]),
    ],
)
def test_what_bash_is_offered(line: str, answer: list[str], folder: Path) -> None:
    assert sorted(offered(line, folder)) == sorted(answer)


def test_data_sets(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("ESPLADE_DATA", str(folder / "collections"))
    assert completing.datasets("py") == ["pydoc"]
    assert completing.datasets("m") == ["mine"]
    assert completing.datasets("coll") == ["collections/"]
    assert completing.datasets("collections/") == ["collections/one"]
    assert completing.datasets(str(folder / "collections" / "o")) == 2 * [
        str(folder / "collections" / "one")
    ]


def test_encoders_and_measures(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    assert completing.encoders("other/") == ["other/tuned"]
    assert completing.measures("nDCG@1") == ["nDCG@10"]
    assert completing.measures("RR@10 nDCG@1") == ["RR@10 nDCG@10"]
