"""Exact search, one thread, from query vectors in Python to results in Python.

Pyserini's batch_search reads the same index; PISA and BMP read its CIFF export. Every contender's
ranking is compared with ours first. `python -m benchmarks.search_speed [NAME ...]`
"""

from __future__ import annotations

import argparse
import contextlib
import json
from pathlib import Path
from typing import Any

from benchmarks.material import Material, acmcr, ciff_of, index_of, synthetic
from benchmarks.measuring import ROUNDS, Spread, merged, ratio, save, take_turns
from benchmarks.peers.client import Peer, peers_python

PISA = ("maxscore", "block_max_maxscore", "wand", "block_max_wand", "ranked_or")
DEPTHS = (10, 1000)


def collections(names: list[str]) -> list[Material]:
    """The named collections, or all that can be had."""
    makers = {
        "tiny": lambda: synthetic(5_000),
        "synthetic-100k": lambda: synthetic(100_000),
        "synthetic-100k-short": lambda: synthetic(100_000, length=20),
        "synthetic-1m": lambda: synthetic(1_000_000),
        "acmcr": acmcr,
        "acmcr-20": lambda: acmcr(dk=20, qk=5, queries=500),
    }
    found = [makers[name]() for name in names or list(makers)[1:]]
    return [one for one in found if one is not None]


def measure(material: Material, rounds: int) -> dict[str, Any]:
    """All contenders on one collection."""
    index = index_of(material)
    with contextlib.ExitStack() as stack:

        def start(script: str, source: Any) -> Peer:
            return stack.enter_context(contextlib.closing(Peer(script, source, material.queries)))

        ours, stock = start("esplade_search", index), start("stock_pyserini", index)
        others: dict[str, Peer] = {}
        if peers_python():
            others["pisa"] = start("pisa", ciff_of(index))
            if _largest_impact(index) < 256:
                others["bmp"] = start("blockmax", ciff_of(index))
        count = sum(1 for _ in material.queries.open())
        found = {str(k): _measure(ours, stock, others, k, count, rounds) for k in DEPTHS}
    return {"collection": material.name, "queries": count, "k": found}


def _measure(
    ours: Peer, stock: Peer, others: dict[str, Peer], k: int, count: int, rounds: int
) -> dict[str, Any]:
    contenders: dict[str, tuple[Peer, dict[str, Any]]] = {
        "esplade": (ours, {"k": k, "algorithm": "auto"}),
        "esplade-lucene": (ours, {"k": k, "algorithm": "lucene"}),
        "pyserini": (stock, {"k": k}),
    }
    if "pisa" in others:
        contenders |= {f"pisa-{a}": (others["pisa"], {"k": k, "algorithm": a}) for a in PISA}
    if "bmp" in others:
        contenders["bmp"] = (others["bmp"], {"k": k})
    wanted = ours.ask(k=k, results=True)["results"]
    same = {
        name: _agreement(wanted, peer.ask(**request, results=True)["results"])
        for name, (peer, request) in contenders.items()
    }
    seconds = take_turns(
        {n: lambda p=p, r=r: p.ask(**r)["seconds"] for n, (p, r) in contenders.items()},  # type: ignore[misc]
        rounds,
    )
    return {
        name: {
            "ms_per_query": Spread.of([1000 * s / count for s in taken]).to_dict(),
            "times_ours": ratio(taken, seconds["esplade"]).to_dict(),
            "same_scores": same[name],
        }
        for name, taken in seconds.items()
    }


def _largest_impact(index: Path) -> int:
    from harness.lucene.impact_index import open_impact_index

    with open_impact_index(index) as opened:
        return int(opened.max_impact.max())


def _agreement(ours: list[Any], theirs: list[Any]) -> float:
    """Share of queries with the same scores at every rank; ids may differ where scores tie."""
    equal = [a[0] == b[0] and a[2] == b[2] for a, b in zip(ours, theirs, strict=True)]
    return sum(equal) / len(equal)


def main() -> None:
    """Measure, print and save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    results = []
    for material in collections(options.names):
        results.append(measure(material, options.rounds))
        print(json.dumps(results[-1], indent=1))
        save("search_speed", {"rounds": options.rounds, "results": merged("search_speed", results)})


if __name__ == "__main__":
    main()
