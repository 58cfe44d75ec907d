"""The tables of docs/equal-cost.md, from results: `python -m benchmarks.equal_cost_page`."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import geometric_mean
from typing import Any

from benchmarks.page import PAGE as PERFORMANCE
from benchmarks.page import _rows, filled, load

PAGE = PERFORMANCE.with_name("equal-cost.md")
TOP = "top:?"
EQUAL = 0.02
"""How far from the wanted postings a rule may be to count as of equal cost."""

Row = dict[str, Any]


def tables() -> dict[str, str]:
    """Every table by the name of its place in the page."""
    results = load("equal_cost")["results"]
    return {
        "collections": _collections(results),
        "summary": "\n".join(_summary(results, queries) for queries in ("none", "top:5")),
        "details": "\n".join(_details(one) for one in results),
    }


def write() -> None:
    """Fill the page."""
    text = filled(PAGE.read_text(encoding="utf-8"), tables())
    PAGE.write_text(text, encoding="utf-8")
    print(f"written: {PAGE}")


def is_equal(row: Row) -> bool:
    """Whether a rule leaves as many postings as it was asked to."""
    return abs(row["postings"] / row["wanted"] - 1) <= EQUAL or row["pattern"] == TOP


def _collections(results: list[dict[str, Any]]) -> str:
    rows = []
    for one in results:
        words = [one["collection"], one["encoder"], f"{one['documents']:,}", f"{one['queries']:,}"]
        words.append(f"{one['postings'] / one['documents']:.1f}")
        tops = [row for row in one["rows"] if row["pattern"] == TOP and row["queries"] == "none"]
        cuts = [f"{row['rule']} ({row['postings'] / one['postings']:.1%})" for row in tops]
        rows.append([*words, ", ".join(cuts)])
    head = ["collection", "encoder", "documents", "queries", "terms a document"]
    return _rows([*head, "the top:k of each level (share of postings)"], rows)


def _summary(results: list[dict[str, Any]], queries: str) -> str:
    """A rule's effectiveness and what queries read, as parts of top:k's, over the collections."""
    rows = [row for one in results for row in _with_reference(one) if row["queries"] == queries]
    levels = sorted({row["level"] for row in rows}, reverse=True)
    lines = []
    for pattern in dict.fromkeys(row["pattern"] for row in rows if row["pattern"] != TOP):
        cells = [f"`{pattern}`"]
        for level in levels:
            here = [r for r in rows if (r["pattern"], r["level"]) == (pattern, level)]
            cells += _parts([row for row in here if is_equal(row)], len(results))
        own = [row for row in rows if row["pattern"] == pattern and is_equal(row)]
        lines.append([*cells, f"{_count(own, up=True)} / {_count(own, up=False)}"])
    head = [f"{level:.0%}: {what}" for level in levels for what in ("nDCG@10", "read")]
    title = "Queries unpruned" if queries == "none" else f"Queries pruned to {queries}"
    return f"{title}:\n\n" + _rows(["rule", *head, "▲ / ▼"], lines)


def _with_reference(one: dict[str, Any]) -> Iterable[Row]:
    tops = {(r["queries"], r["level"]): r for r in one["rows"] if r["pattern"] == TOP}
    for row in one["rows"]:
        yield {**row, "top": tops[row["queries"], row["level"]]}


def _parts(rows: list[Row], collections: int) -> list[str]:
    """Geometric means over the collections, and over how many if not all."""
    if not rows:
        return ["–", "–"]
    gain = geometric_mean(row["nDCG@10"] / row["top"]["nDCG@10"] for row in rows)
    read = geometric_mean(row["read"] / row["top"]["read"] for row in rows)
    of = "" if len(rows) == collections else f" ({len(rows)})"
    return [f"{gain:.2f}{of}", f"{read:.2f}"]


def _count(rows: list[Row], up: bool) -> int:
    tests = (test for row in rows for test in row["tests"].values())
    return sum(test["p_holm"] < 0.05 and (test["difference"] > 0) == up for test in tests)


def _details(one: dict[str, Any]) -> str:
    parts = [f"### {one['collection']}\n\n{_baselines(one)}"]
    for queries in ("none", "top:5"):
        title = "Queries unpruned" if queries == "none" else f"Queries pruned to {queries}"
        parts.append(f"{title}:\n\n" + _detail(one["rows"], queries))
    return "\n".join(parts)


def _baselines(one: dict[str, Any]) -> str:
    names = {"none": "Nothing pruned", "top:5": "queries alone pruned to top:5"}
    said = [
        f"{names[queries]}: RR@10 {found['RR@10']:.3f}, nDCG@10 {found['nDCG@10']:.3f}, "
        f"{found['read']:,.0f} postings a query"
        for queries, found in one["unpruned"].items()
    ]
    return "; ".join(said) + ".\n"


def _detail(rows: list[Row], queries: str) -> str:
    rows = [row for row in rows if row["queries"] == queries]
    levels = list(dict.fromkeys(row["level"] for row in rows))
    lines = []
    for pattern in dict.fromkeys(row["pattern"] for row in rows):
        cells = [f"`{pattern}`"]
        for level in levels:
            row = next(r for r in rows if (r["pattern"], r["level"]) == (pattern, level))
            cells += _cells(row)
        lines.append(cells)
    columns = ("RR@10", "nDCG@10", "read")
    return _rows(["rule", *(f"{level:.0%}: {c}" for level in levels for c in columns)], lines)


def _cells(row: Row) -> list[str]:
    off = "" if is_equal(row) else f" (× {row['postings'] / row['wanted']:.2f})"
    marked = [f"{row[m]:.3f}{_mark(row['tests'].get(m))}" for m in ("RR@10", "nDCG@10")]
    return [*marked, f"{row['read']:,.0f}{off}"]


def _mark(test: dict[str, float] | None) -> str:
    if test is None or test["p_holm"] >= 0.05:
        return ""
    return "▲" if test["difference"] > 0 else "▼"


if __name__ == "__main__":
    write()
