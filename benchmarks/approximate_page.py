"""The tables and the figure of docs/approximate.md: `python -m benchmarks.approximate_page`."""

from __future__ import annotations

from typing import Any

from benchmarks.page import PAGE as PERFORMANCE
from benchmarks.page import _rows, filled, load

PAGE = PERFORMANCE.with_name("approximate.md")
FIGURE = PAGE.parent / "images" / "approximate.svg"
COLOURS = {"PISA": "#7f7f7f", "BMP": "#d95f02", "Seismic": "#7570b3"}

Result = dict[str, Any]


def write() -> None:
    """Fill the page and draw."""
    results = sorted(load("approximate")["results"], key=_place)
    tables = {"pays": _pays(results), "timed": "\n".join(_timed(one) for one in results)}
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8"), tables), encoding="utf-8")
    _draw(results)
    print(f"written: {PAGE}")


def _place(one: Result) -> tuple[str, int]:
    return one["pruning"], one["documents"]


def _pays(results: list[Result]) -> str:
    """How many times as long as our exact search the engines take, by wanted recall."""
    names = list(dict.fromkeys(n for one in results for n in one["timed"] if n != "esplade"))
    rows = []
    for one in results:
        times = [one["timed"].get(name, {}).get("times_ours") for name in names]
        cells = ["–" if t is None else f"{t['median']:.2f}" for t in times]
        ours = one["timed"]["esplade"]["ms_per_query"]["median"]
        rows.append([one["pruning"], f"{one['documents']:,}", f"{ours:.3f}", *cells])
    return _rows(["qk:dk", "documents", "exact, ms a query", *names], rows)


def _timed(one: Result) -> str:
    rows = []
    for name, found in one["timed"].items():
        ms, times = found["ms_per_query"], found["times_ours"]
        cells = [f"{of['median']:.3f} ({of['low']:.3f}–{of['high']:.3f})" for of in (ms, times)]
        rows.append([name, found["setting"], f"{found['recall']:.3f}", *cells])
    head = ["engine and wanted recall", "setting", "recall", "ms a query", "times ours"]
    return f"{one['documents']:,} documents at {one['pruning']}:\n\n{_rows(head, rows)}"


def _draw(results: list[Result]) -> None:
    from matplotlib.figure import Figure

    prunings = sorted({one["pruning"] for one in results})
    sizes = sorted({one["documents"] for one in results})
    figure = Figure(figsize=(3.2 * len(sizes), 2.6 * len(prunings)), layout="constrained")
    axes = figure.subplots(len(prunings), len(sizes), squeeze=False, sharex=True)
    for one in results:
        here = axes[prunings.index(one["pruning"])][sizes.index(one["documents"])]
        for engine, colour in COLOURS.items():
            own = [s for s in one["screened"] if s["engine"] == engine]
            points = [(s["held"], s["milliseconds"]) for s in own]
            here.scatter(*zip(*points, strict=True), s=8, c=colour, label=engine)
        ours = one["timed"]["esplade"]["ms_per_query"]["median"]
        here.axhline(ours, color="#1b9e77", label="esplade, exact")
        here.set(yscale="log", title=f"{one['documents']:,} at {one['pruning']}")
    for row in axes:
        row[0].set_ylabel("ms a query")
    for last in axes[-1]:
        last.set_xlabel("recall of the exact top 10")
    axes[0][0].legend(fontsize="x-small")
    figure.savefig(FIGURE, metadata={"Date": None})


if __name__ == "__main__":
    write()
