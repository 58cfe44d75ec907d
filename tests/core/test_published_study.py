"""The README shows the verdicts that are published beside the results they come from."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_readme_shows_the_published_verdicts() -> None:
    table = (ROOT / "runs" / "studies" / "verdicts.md").read_text(encoding="utf-8")
    shown = table.split("\n\n", 1)[1].strip()
    assert shown in (ROOT / "README.md").read_text(encoding="utf-8")
    assert (ROOT / "runs" / "studies" / "cppdocs" / "figure1.png").exists()
