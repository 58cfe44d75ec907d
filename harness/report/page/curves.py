"""Training curves of the encoders that are shown, from the logs in their folders."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from harness.report.points import Point

_SHOWN = ("loss", "eval_loss", "eval_accuracy", "eval_rr_at_10", "eval_postings", "postings")
_MOST = 200
_DIGITS = 5


def curves_of(points: Sequence[Point]) -> list[dict[str, Any]]:
    """Curves by encoder and stage: ``system``, ``stage``, ``curves`` (name to steps and values).

    What cannot be read is left out: a log is a record of what was, and no result.
    """
    folders = {p.system: p.sources["encoder"] for p in points if "encoder" in p.sources}
    return [
        {"system": system, "stage": stage, "curves": curves}
        for system, folder in folders.items()
        for stage, path in _logs(folder)
        if (curves := _curves(path))
    ]


def _logs(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted((folder / "history").glob("*.log.jsonl")):
        yield path.name.removesuffix(".log.jsonl"), path
    if (folder / "log.jsonl").is_file():
        yield "last", folder / "log.jsonl"


def _curves(path: Path) -> dict[str, list[list[float]]]:
    found: dict[str, list[list[float]]] = {}
    for row in _rows(path):
        step = row.get("step")
        for name in _SHOWN:
            value = row.get(name)
            if isinstance(step, int) and isinstance(value, int | float):
                found.setdefault(name, []).append([step, round(float(value), _DIGITS)])
    return {name: _thinned(rows) for name, rows in found.items() if len(rows) > 1}


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        for row in map(json.loads, lines):
            if isinstance(row, dict):
                yield row
    except (OSError, ValueError):
        return


def _thinned(rows: list[list[float]]) -> list[list[float]]:
    every = -(-len(rows) // _MOST)
    return rows[::every] if rows[-1] in rows[::every] else [*rows[::every], rows[-1]]
