"""Which files are JSON Lines: by their names, apart from what reads them."""

from __future__ import annotations

from pathlib import Path

SUFFIXES = (".jsonl", ".jsonl.gz")


def jsonl_files(folder: Path) -> list[Path]:
    """The JSON Lines files of a folder, by name."""
    return sorted(f for f in folder.iterdir() if f.name.endswith(SUFFIXES))
