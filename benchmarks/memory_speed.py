"""Exact search by "memory", one thread: this checkout and another one, in turns.

The other is a checkout of an earlier commit (`git worktree add`). Results of both are compared
before anything is timed. `python -m benchmarks.memory_speed OTHER [NAME ...]`
"""

from __future__ import annotations

import argparse
import contextlib
import os
from pathlib import Path
from typing import Any

from benchmarks.material import Material, index_of, synthetic
from benchmarks.measuring import ROUNDS, Spread, merged, ratio, save, take_turns
from benchmarks.peers.client import Peer
from benchmarks.resampled import resampled

HERE = Path(__file__).parents[1]
DEPTHS = (10, 1000)
POINTS = ((0, 0), (7, 20), (5, 10))


def collections(names: list[str]) -> list[Material]:
    """The named collections, or all that can be had."""
    makers = {"synthetic-100k": lambda: synthetic(100_000)}
    for size, documents in (("acmcr", 108_907), ("1m", 1_000_000)):
        for qk, dk in POINTS:
            makers[f"{size}-{qk}:{dk}"] = lambda n=documents, q=qk, d=dk: resampled(n, q, d)  # type: ignore[misc]
    found = [makers[name]() for name in names or makers]
    return [one for one in found if one is not None]


def measure(material: Material, other: Path, rounds: int) -> dict[str, Any]:
    """Both checkouts on one collection, k by k; each k in processes of its own."""
    index = index_of(material)
    count = sum(1 for _ in material.queries.open())
    found = {str(k): _measure(material, index, other, k, count, rounds) for k in DEPTHS}
    return {"collection": material.name, "queries": count, "k": found}


def _measure(
    material: Material, index: Path, other: Path, k: int, count: int, rounds: int
) -> dict[str, Any]:
    request = {"k": k, "algorithm": "memory"}
    with contextlib.ExitStack() as stack:
        peers = {
            name: stack.enter_context(
                contextlib.closing(Peer("esplade_search", index, material.queries, tree))
            )
            for name, tree in (("this", HERE), ("other", other))
        }
        ours, theirs = (peer.ask(**request, results=True)["results"] for peer in peers.values())
        if ours != theirs:
            raise RuntimeError(f"{material.name}, k = {k}: the results differ")
        for peer in peers.values():  # compiled, before the first turn
            peer.ask(**request)
        seconds = take_turns(
            {name: lambda p=peer: p.ask(**request)["seconds"] for name, peer in peers.items()},  # type: ignore[misc]
            rounds,
        )
    return {
        "ms_per_query": {
            name: Spread.of([1000 * s / count for s in taken]).to_dict()
            for name, taken in seconds.items()
        },
        "other_times_this": ratio(seconds["other"], seconds["this"]).to_dict(),
    }


def main() -> None:
    """Measure, print and save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("other", type=Path, help="checkout of an earlier commit")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    results = []
    for material in collections(options.names):
        results.append(measure(material, options.other.resolve(), options.rounds))
        print(results[-1])
        facts = {"rounds": options.rounds, "load": list(os.getloadavg())}
        save("memory_speed", {**facts, "results": merged("memory_speed", results)})


if __name__ == "__main__":
    main()
