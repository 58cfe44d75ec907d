"""The notebook's cells run again in a kernel, and answer what the page says that they answer."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pages import alike

from docs.notebook import IMAGES, PAGE, answers, cells, written

_BLOCK = re.compile(r"^```text\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@pytest.mark.slow
def test_the_notebook_answers_what_the_page_says(tmp_path: Path) -> None:
    pytest.importorskip("nbclient")
    page = PAGE.read_text(encoding="utf-8")
    again = written(page, answers(cells(page)), tmp_path)
    ours, theirs = _BLOCK.findall(again), _BLOCK.findall(page)
    assert len(ours) == len(theirs) >= 6
    for one, other in zip(ours, theirs, strict=True):
        alike(one, other)
    # The figure has the same place; its pixels depend on fonts.
    drawn = sorted(path.name for path in tmp_path.iterdir())
    assert drawn and all((IMAGES / name).exists() for name in drawn)
    assert re.findall(r"!\[.*?\]\(.*?\)", again) == re.findall(r"!\[.*?\]\(.*?\)", page)
