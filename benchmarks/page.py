"""The tables of docs/performance.md and the README's summary, made from results/.

`python -m benchmarks.page`
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from benchmarks.measuring import RESULTS

ALGORITHMS = ("memory", "saat", "maxscore", "lucene")
PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
README = Path(__file__).parents[1] / "README.md"


def load(name: str) -> dict[str, Any]:
    """A committed result."""
    return dict(json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8")))


def tables() -> dict[str, str]:
    """Every table by the name of its place in the page."""
    return {
        "machine": _machine(),
        "index": _index(),
        "profile": _profile(),
        "reading": _reading(),
        "search": _search(),
        "memory": _memory(),
        "sweep": _sweep(),
        "cost": _cost(),
        "growth": _growth(),
        "prune": _prune(),
        "ciff": _ciff(),
    }


def summary() -> str:
    """A few lines for the README: the smallest and the largest of the collections' medians."""
    index = [one["pyserini_times_ours"]["median"] for one in load("index_speed")["results"]]
    sweep = load("sweep_speed")["four_times_unpruned"]["median"]
    rows = [
        ["exact top 10, one thread", _times("10", "pyserini"), _times("10", "pisa-")],
        ["exact top 1000, one thread", _times("1000", "pyserini"), _times("1000", "pisa-")],
        ["index from JSON vectors, checked", f"{min(index):.1f}–{max(index):.1f} times", "–"],
    ]
    table = _rows(["as fast as", "Pyserini", "the best exact algorithm of PISA"], rows)
    return f"{table}\nA sweep of four points takes {sweep:.2f} times as long as one of them.\n"


def _times(k: str, peers: str) -> str:
    """Range over collections of the fastest peer's time over ours."""
    found = [
        min(one["times_ours"]["median"] for n, one in each["k"][k].items() if n.startswith(peers))
        for each in load("search_speed")["results"]
    ]
    return f"{min(found):.1f}–{max(found):.1f} times"


def filled(page: str, tables: dict[str, str]) -> str:
    """A page with the tables of the committed results."""
    for name, table in tables.items():
        place = re.compile(rf"(<!-- {name}:begin -->\n).*?(<!-- {name}:end -->)", re.DOTALL)
        page = place.sub(lambda m, t=table: m[1] + t + m[2], page)  # type: ignore[misc]
    return page


def _rows(head: list[str], rows: list[list[str]]) -> str:
    ruler = ["---"] + ["---:"] * (len(head) - 1)
    return "".join("| " + " | ".join(row) + " |\n" for row in [head, ruler, *rows])


def _spread(found: dict[str, float], digits: int = 2, unit: str = "") -> str:
    low, middle, high = (f"{found[n]:,.{digits}f}" for n in ("low", "median", "high"))
    return f"{middle}{unit} ({low}–{high})"


def _machine() -> str:
    one = load("search_speed")
    facts = one["machine"]
    return (
        f"{facts['processor']}, {facts['cores']} cores, Python {facts['python']}, {one['date']}.\n"
    )


def _index() -> str:
    rows = []
    for one in load("index_speed")["results"]:
        seconds = one["seconds"]
        rows.append(
            [
                one["collection"],
                f"{one['postings']:,}",
                _spread(seconds["pyserini"], 1),
                _spread(seconds["esplade"], 1),
                f"**{_spread(one['pyserini_times_ours'], 1)}**",
                _spread(seconds["esplade-64MB"], 1),
                f"{one['esplade_peak_mb']['1024']:,}; {one['esplade_peak_mb']['64']:,}",
            ]
        )
    head = ["collection", "postings", "Pyserini, s", "esplade, s", "ratio"]
    return _rows([*head, "esplade --memory 64, s", "peak MB (1024; 64)"], rows)


def _profile() -> str:
    seconds = load("index_profile")["seconds"]
    named = {"start": "JVM", "libraries": "numpy, scipy", "reading": "rest of the reading"}
    head = [named.get(name, name) + ", s" for name in seconds]
    return _rows(head, [[_spread(one) for one in seconds.values()]])


def _reading() -> str:
    rows = []
    for form, found in load("reading_speed")["results"].items():
        seconds = found["processor_seconds"]
        cells = [form, _spread(seconds["other"], 1), _spread(seconds["this"], 1)]
        rows.append([*cells, f"**{_spread(found['this_times_other'])}**"])
    return _rows(["JSON Lines", "before, s", "strict, s", "ratio"], rows)


def _search() -> str:
    rows = []
    for one in load("search_speed")["results"]:
        for k, found in one["k"].items():
            pisa = {n: f for n, f in found.items() if n.startswith("pisa-")}
            cells = [one["collection"], k, _spread(found["esplade"]["ms_per_query"])]
            best = min(pisa, key=lambda n: pisa[n]["ms_per_query"]["median"]) if pisa else None
            for name in ("pyserini", best, "bmp", "esplade-lucene"):
                if name not in found:
                    cells.append("–")
                    continue
                ratio = _spread(found[name]["times_ours"], 1)
                label = f" {name.removeprefix('pisa-')}" if name == best else ""
                cells.append(f"{found[name]['ms_per_query']['median']:.2f} ms, {ratio}{label}")
            rows.append(cells)
    head = ["collection", "k", "esplade, ms", "Pyserini", "best of PISA", "BMP"]
    return _rows([*head, "esplade --algorithm lucene"], rows)


def _memory() -> str:
    rows = []
    for one in load("memory_speed")["results"]:
        for k, found in one["k"].items():
            taken = found["ms_per_query"]
            cells = [_spread(taken["other"]), _spread(taken["this"])]
            rows.append([one["collection"], k, *cells, _spread(found["other_times_this"])])
    return _rows(["collection", "k", "before, ms", "memory, ms", "ratio"], rows)


def _sweep() -> str:
    found = load("sweep_speed")
    seconds = found["seconds"]
    row = [_spread(seconds["unpruned"], 1), _spread(seconds["four"], 1)]
    row.append(f"**{_spread(found['four_times_unpruned'])}**")
    return _rows(["unpruned point, s", "four points, s", "ratio"], [row])


def _cost() -> str:
    found = load("cost_speed")
    rows = [
        [
            one["collection"],
            _spread(one["seconds"]["open"], 3),
            _spread(one["seconds"]["open_and_all_costs"]),
        ]
        for one in (found["statistics_100k"], found["statistics"])
    ]
    text = _rows(["collection", "open, s", "open and all costs, s"], rows) + "\n"
    rows = [
        [one["collection"]]
        + [_spread(one["queries_per_second"][n], 0) for n in ("1", "2", "4")]
        + [_spread(one["two_threads_times_one"])]
        for one in found["throughput"]
    ]
    head = ["queries a second, k = 1000", "1 thread", "2 threads", "4 threads", "2 against 1"]
    return text + _rows(head, rows)


def _growth() -> str:
    rows = []
    for one in load("cost_speed")["growth"]:
        cells = [
            f"{one['documents']:,}",
            f"{one['terms_per_document']}",
            f"{one['postings_per_query']:,.0f}",
            f"{one['index_bytes'] / 1e6:,.1f}",
        ]
        for k in ("10", "1000"):
            found = one["k"][k]
            for algorithm in ALGORITHMS:
                share = found[algorithm]["scored"] / found["saat"]["scored"]
                cells.append(f"{found[algorithm]['median']:.2f}; {share:.0%}")
        rows.append(cells)
    head = ["documents", "terms a document", "postings a query", "index MB"]
    for k in ("10", "1000"):
        head += [f"{algorithm}, k={k}" for algorithm in ALGORITHMS]
    return _rows(head, rows)


def _prune() -> str:
    found = load("prune_speed")
    rows = [[f"`{rule}`", _spread(seconds)] for rule, seconds in found["seconds"].items()]
    return _rows([f"rule, on {found['weights']:,} weights", "s"], rows)


def _ciff() -> str:
    rows = []
    for one in load("ciff_export")["results"]:
        cells = [one["collection"], f"{one['ciff_bytes'] / 1e6:,.1f}"]
        for peer in ("pisa", "bmp"):
            found = one[peer]
            beyond = f" ({found['beyond']} beyond 16 bits)" if found["beyond"] else ""
            cells.append(f"{found['same_documents']} of {found['queries']}{beyond}")
        rows.append(cells)
    return _rows(["collection, bits:8", "CIFF MB", "PISA: same top 10", "BMP: same top 10"], rows)


if __name__ == "__main__":
    for path, parts in ((PAGE, tables()), (README, {"speed": summary()})):
        path.write_text(filled(path.read_text(encoding="utf-8"), parts), encoding="utf-8")
        print(f"written: {path}")
