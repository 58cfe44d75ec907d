"""The tables of docs/two-step.md, from results: `python -m benchmarks.two_step_page`."""

from __future__ import annotations

from typing import Any

from benchmarks.page import PAGE as PERFORMANCE
from benchmarks.page import _rows, filled, load

PAGE = PERFORMANCE.with_name("two-step.md")


def tables() -> dict[str, str]:
    """Every table by the name of its place in the page."""
    results = load("two_step")["results"]
    return {
        "collections": _collections(results),
        "needed": "\n".join(_needed(one) for one in results),
        "points": "\n".join(_points(one) for one in results),
    }


def write() -> None:
    """Fill the page."""
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8"), tables()), encoding="utf-8")
    print(f"written: {PAGE}")


def _collections(results: list[dict[str, Any]]) -> str:
    rows = []
    for one in results:
        found = one["unpruned"]
        words = [one["collection"], one["encoder"], f"{one['documents']:,}", f"{one['queries']:,}"]
        words += [f"{one['postings'] / one['documents']:.1f}", f"{found['postings']:,.0f}"]
        words += [f"{found['RR@10']:.3f}", f"{found['nDCG@10']:.3f}", f"{found['latency_ms']:.3f}"]
        rows.append(words)
    head = ["collection", "encoder", "documents", "queries", "terms a document"]
    return _rows([*head, "postings a query", "RR@10", "nDCG@10", "ms"], rows)


def _needed(one: dict[str, Any]) -> str:
    """How many candidates lose nothing, by what step one prunes."""
    rows = []
    for row in _firsts(one["rows"]):
        found = row["needed"]
        numbers = [found[name] for name in ("median", "p95", "p99", "max")]
        cells = [f"`{row['documents']}`", f"`{row['queries']}`", f"{row['postings']:,.0f}"]
        rows.append([*cells, *(f"{number:,.0f}" for number in numbers), f"{found['never']:,}"])
    head = ["documents", "queries", "postings a query", "median", "p95", "p99", "max", "never"]
    return f"{one['collection']}:\n\n" + _rows(head, rows)


def _firsts(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row of each pruning, whatever the number of candidates."""
    return list({(row["documents"], row["queries"]): row for row in reversed(rows)}.values())[::-1]


def _points(one: dict[str, Any]) -> str:
    rows = []
    for row in one["rows"]:
        cells = [f"`{row['documents']}`", f"`{row['queries']}`", f"{row['candidates']}"]
        cells += [f"{row['RR@10']:.3f}", f"{row['nDCG@10']:.3f}", f"{row['postings']:,.0f}"]
        cells += [f"{row['lookups']:,.0f}", f"{row['latency_ms']:.3f}"]
        cells += [f"{row['lossless']:.0%}", f"{row['certified']:.0%}"]
        cost = row["postings"] + row["lookups"]
        rows.append(cells + [_equal(one["one_step"], asked, cost) for asked in ("none", "top:5")])
    head = ["documents", "queries", "candidates", "RR@10", "nDCG@10", "postings", "lookups", "ms"]
    head += ["nothing lost", "certified", "one step at this cost", "and with queries `top:5`"]
    return f"### {one['collection']}\n\n" + _rows(head, rows)


def _equal(points: list[dict[str, Any]], asked: str, cost: float) -> str:
    """nDCG@10 of the dearest search in one step that reads no more than both steps together."""
    within = [one for one in points if one["queries"] == asked and one["read"] <= cost]
    if not within:
        return "–"
    found = max(within, key=lambda one: one["read"])
    return f"{found['nDCG@10']:.3f} (`{found['documents']}`)"


if __name__ == "__main__":
    write()
