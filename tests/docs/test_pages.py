"""Every page's code runs, in its order, in an empty folder, without a network."""

from __future__ import annotations

from pathlib import Path

import pytest
from commandline import Esplade
from pages import FOLDER, blocks, run_page

PAGES = sorted(
    str(path.relative_to(FOLDER))
    for path in FOLDER.rglob("*.md")
    if path.name != "notebook.md" and any(blocks(path.read_text(encoding="utf-8")))
)


@pytest.fixture(autouse=True)
def an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "Agg")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_a_page(page: str, esplade: Esplade) -> None:
    run_page((FOLDER / page).read_text(encoding="utf-8"), esplade)


def test_there_are_pages_to_run() -> None:
    assert {"tutorial-python.md", "tutorial-command-line.md", "plugins.md"} <= set(PAGES)
    assert sum(page.startswith("howto/") for page in PAGES) >= 6
