"""The tables of runs/backbone/README.md, from results: `python -m benchmarks.backbone_page`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.page import _rows, filled, load

FOLDER = Path(__file__).parents[1] / "runs" / "backbone"
PAGE = FOLDER / "README.md"
TINY = {"cppdocs": "cppdocs", "acmcr": "acmcr"}
"""Folders under runs/ with tables of encoders that were trained from nothing, by collection."""
BASELINE = "bm25"
MEASURES = ("RR@10", "R@10", "nDCG@10")


def write() -> None:
    """Fill the page."""
    results = load("backbone_worth")["results"]
    tables = {"tables": "\n".join(_table(one) for one in results)}
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8"), tables), encoding="utf-8")
    print(f"written: {PAGE}")


def _table(one: dict[str, Any]) -> str:
    bm25 = next(row for row in one["rows"] if row["system"] == BASELINE)
    rows = [_row(row, bm25) for row in one["rows"]] + _tiny(one["collection"])
    head = ["system", "qk:dk", *MEASURES, "postings"]
    return f"### {one['collection']}\n\n{_rows(head, rows)}"


def _row(row: dict[str, Any], bm25: dict[str, Any]) -> list[str]:
    marks = {m: _mark(row["p"].get(m), row[m] - bm25[m]) for m in MEASURES}
    postings = "–" if row["postings"] is None else f"{row['postings']:,.0f}"
    cells = [f"{row[m]:.3f}{marks[m]}" for m in MEASURES]
    return [row["system"], row["pruning"] or "–", *cells, postings]


def _mark(p: float | None, difference: float) -> str:
    if p is None or p >= 0.05:
        return ""
    return "▲" if difference > 0 else "▼"


def _tiny(collection: str) -> list[list[str]]:
    """What an encoder without a backbone came to, from its own committed table."""
    folder = TINY.get(collection)
    if folder is None:
        return []
    found = json.loads((FOLDER.parent / folder / "table.json").read_text(encoding="utf-8"))
    rows = [
        row["values"] for row in found["rows"] if not row["values"]["system"].startswith("BM25")
    ]
    return [_row({**row, "system": f"tiny ({row['system']})", "p": {}}, row) for row in rows]


if __name__ == "__main__":
    write()
