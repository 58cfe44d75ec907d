"""A file of given bytes."""

from __future__ import annotations

from pathlib import Path


def file_of(folder: Path, data: bytes, name: str = "file.txt") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path
