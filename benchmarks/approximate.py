"""Where approximate search begins to pay: exact top 10 beside Seismic, BMP and PISA, size by size.

    python -m benchmarks.approximate [--sizes 10000 108907 1000000] [--prunings 7:20] [--rounds 5]

The same integer vectors for all, one thread, a call for all queries. An approximate engine's
settings are screened once each; for every recall that is wanted, the fastest is taken that has it
on every second query, then timed in turns with ours; its recall is that on the other queries.
"""

from __future__ import annotations

import argparse
import contextlib
from typing import Any, NamedTuple

from benchmarks import approximate_page
from benchmarks.approximate_settings import EXACT, Setting, settings
from benchmarks.material import Material, ciff_of, index_of
from benchmarks.measuring import ROUNDS, Spread, merged, ratio, save, take_turns
from benchmarks.peers.client import Peer, peers_python
from benchmarks.resampled import resampled

SIZES = (10_000, 108_907, 1_000_000)
PRUNINGS = ("0:0", "7:20", "5:10")
WANTED = (0.9, 0.95, 0.99)
K = 10
_DEEP = 500
"""So deep is the exact ranking in which the scores of found documents are looked up."""


class Screened(NamedTuple):
    """What a setting came to in one pass.

    Attributes:
        setting: which.
        milliseconds: a query.
        tuned: its recall on every second query.
        held: its recall on the others.
    """

    setting: Setting
    milliseconds: float
    tuned: float
    held: float


def measure(material: Material, rounds: int, facts: dict[str, Any]) -> dict[str, Any]:
    """All engines on one collection at one pruning."""
    index = index_of(material)
    ciff = ciff_of(index)
    sources = {"esplade_search": index, "pisa": ciff, "blockmax": ciff}
    sources["seismic_search"] = material.documents
    count = sum(1 for _ in material.queries.open())
    with contextlib.ExitStack() as stack:
        peers = {
            script: stack.enter_context(contextlib.closing(Peer(script, source, material.queries)))
            for script, source in sources.items()
        }
        truth = peers["esplade_search"].ask(k=_DEEP, results=True)["results"]
        found = [_screen(peers, one, truth, count) for one in settings(facts["mean_list"])]
        chosen = _chosen(found)
        seconds = take_turns(
            {
                name: lambda one=one: peers[one.script].ask(k=K, **one.request)["seconds"]  # type: ignore[misc]
                for name, one in {"esplade": EXACT, **chosen}.items()
            },
            rounds,
        )
    held = {one.setting: one.held for one in found} | {EXACT: 1.0}
    timed = {
        name: {
            "setting": one.name,
            "recall": held[one],
            "ms_per_query": Spread.of([1000 * s / count for s in seconds[name]]).to_dict(),
            "times_ours": ratio(seconds[name], seconds["esplade"]).to_dict(),
        }
        for name, one in {"esplade": EXACT, **chosen}.items()
    }
    rows = [
        {**one._asdict(), "setting": one.setting.name, "engine": one.setting.engine}
        for one in found
    ]
    return {
        "collection": material.name,
        "queries": count,
        **facts,
        "timed": timed,
        "screened": rows,
    }


def _screen(peers: dict[str, Peer], one: Setting, truth: list[Any], count: int) -> Screened:
    peer = peers[one.script]
    ranked = peer.ask(k=K, **one.request, results=True)["results"]
    seconds = min(peer.ask(k=K, **one.request)["seconds"] for _ in range(2))
    each = [_recall(exact, other) for exact, other in zip(truth, ranked, strict=True)]
    parts = [[r for r in each[part::2] if r is not None] for part in (0, 1)]
    tuned, held = (sum(part) / len(part) for part in parts)
    print(f"{one.name}: recall {held:.3f}, {1000 * seconds / count:.3f} ms", flush=True)
    return Screened(one, 1000 * seconds / count, tuned, held)


def _recall(exact: list[Any], other: list[Any]) -> float | None:
    """Share of the exact top 10 that was found; any document that ties with the tenth will do."""
    _, ids, scores = exact
    if not ids:
        return None
    wanted = min(K, len(ids))
    good = {name for name, score in zip(ids, scores, strict=True) if score >= scores[wanted - 1]}
    return min(wanted, len(good.intersection(other[1]))) / wanted


def _chosen(found: list[Screened]) -> dict[str, Setting]:
    """By engine and wanted recall the fastest setting that has it; of exact engines the fastest."""
    chosen: dict[str, Setting] = {}
    for engine in dict.fromkeys(one.setting.engine for one in found):
        own = sorted(
            (one for one in found if one.setting.engine == engine), key=lambda one: one.milliseconds
        )
        if all(one.tuned == 1 for one in own):
            chosen[engine] = own[0].setting
            continue
        for wanted in WANTED:
            enough = [one for one in own if one.tuned >= wanted]
            if enough:
                chosen[f"{engine} {wanted}"] = enough[0].setting
    return chosen


def main() -> None:
    """Measure, print, save and write the page after each collection."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--prunings", nargs="+", default=PRUNINGS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    if peers_python() is None:
        print("There is no environment of peers (benchmarks/peers/README.md): nothing is measured.")
        return
    for size in options.sizes:
        for pruning in options.prunings:
            qk, dk = map(int, pruning.split(":"))
            material = resampled(size, qk, dk)
            if material is None:
                print("acmcr is not there (ESPLADE_DATA): nothing is measured.")
                return
            facts = {"documents": size, "pruning": pruning, **_lists(material)}
            found = measure(material, options.rounds, facts)
            save("approximate", {"k": K, "results": merged("approximate", [found])})
            approximate_page.write()


def _lists(material: Material) -> dict[str, float]:
    """Mean length of the lists, and mean postings of a query."""
    from harness.lucene.impact_index import open_impact_index

    with open_impact_index(index_of(material)) as opened:
        lengths = opened.document_frequency
        return {"mean_list": float(lengths[lengths > 0].mean())}


if __name__ == "__main__":
    main()
