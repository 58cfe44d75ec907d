"""Opening an index, the costs of all queries and lists, throughput by threads, and how cost grows.

`python -m benchmarks.cost_speed [--largest 1000000]`
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from typing import Any

from benchmarks.material import Material, index_of, synthetic
from benchmarks.measuring import RESULTS, ROUNDS, Spread, ratio, save, take_turns


def timed(work: Callable[[], Any]) -> float:
    """Seconds that a call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def statistics(material: Material, rounds: int) -> dict[str, Any]:
    """Opening, and all cost statistics of all queries and lists, the JVM running."""
    from harness.evaluation import cost
    from harness.lucene.impact_index import open_impact_index
    from harness.retrieval.searching import prepare_queries
    from harness.vectors import read_vectors

    path, queries = index_of(material), read_vectors(material.queries)

    def priced() -> None:
        with open_impact_index(path) as index:
            prepared = prepare_queries(queries, index)
            cost.flops(prepared.matrix, index.document_frequency, index.num_docs)
            cost.postings_lists(index.document_frequency)
            index.touched(prepared.vectors, 10, "lucene")

    taken = take_turns(
        {
            "open": lambda: timed(lambda: open_impact_index(path).close()),
            "open_and_all_costs": lambda: timed(priced),
        },
        rounds,
    )
    return {
        "collection": material.name,
        "queries": len(queries.ids),
        "seconds": {name: Spread.of(values).to_dict() for name, values in taken.items()},
    }


def throughput(material: Material, rounds: int, k: int = 1000) -> dict[str, Any]:
    """Queries a second with one thread and with two, from vectors to arrays."""
    from harness.lucene.impact_index import open_impact_index
    from harness.vectors import read_vectors

    queries = read_vectors(material.queries)
    with open_impact_index(index_of(material)) as index:
        taken = take_turns(
            {
                str(n): lambda n=n: timed(lambda: index.search(queries, k=k, threads=n))  # type: ignore[misc]
                for n in (1, 2, 4)
            },
            rounds,
        )
    return {
        "collection": material.name,
        "k": k,
        "queries_per_second": {
            n: Spread.of([len(queries.ids) / s for s in values]).to_dict()
            for n, values in taken.items()
        },
        "two_threads_times_one": ratio(taken["1"], taken["2"]).to_dict(),
    }


def growth(sizes: list[int], lengths: list[int], rounds: int) -> list[dict[str, Any]]:
    """Latency inside Lucene by documents and by terms a document, with what was touched."""
    from harness.lucene.impact_index import open_impact_index
    from harness.vectors import read_vectors

    found = []
    for size, length in [(s, 66) for s in sizes] + [(sizes[1], n) for n in lengths]:
        material = synthetic(size, length)
        queries = read_vectors(material.queries)
        with open_impact_index(index_of(material)) as index:
            row: dict[str, Any] = {"documents": size, "drawn_terms": length, "k": {}}
            for k in (10, 1000):
                row["k"][str(k)] = {
                    algorithm: _milliseconds(index, queries, k, algorithm, rounds)
                    | {"scored": float(index.touched(queries, k, algorithm).scored.mean())}
                    for algorithm in ("memory", "saat", "maxscore", "lucene")
                }
            row["postings_per_query"] = float(index.search(queries, k=1).postings.mean())
            row["terms_per_document"] = round(index.nnz / index.num_docs, 1)
            row["index_bytes"] = index.bytes
        found.append(row)
        print(json.dumps(row))
    return found


def _milliseconds(
    index: Any, queries: Any, k: int, algorithm: str, rounds: int
) -> dict[str, float]:
    passes = 1000 * index.latency(queries, k=k, repeats=rounds, algorithm=algorithm)
    return Spread.of(passes.mean(axis=1).tolist()).to_dict()


def main() -> None:
    """Measure, print and save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--largest", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--parts", nargs="*", help="measure these again, and keep the others")
    options = parser.parse_args()
    from harness.lucene.jvm import start

    start()
    large, rounds = synthetic(options.largest), options.rounds
    parts: dict[str, Callable[[], Any]] = {
        "statistics": lambda: statistics(large, rounds),
        "statistics_100k": lambda: statistics(synthetic(100_000), rounds),
        "throughput": lambda: [throughput(m, rounds) for m in (synthetic(100_000), large)],
        "growth": lambda: growth([10_000, 100_000, options.largest], [20, 132, 264], rounds),
    }
    path = RESULTS / "cost_speed.json"
    before = json.loads(path.read_text(encoding="utf-8")) if options.parts else {}
    facts = {"rounds": rounds} | {
        name: measure() if not options.parts or name in options.parts else before[name]
        for name, measure in parts.items()
    }
    print(json.dumps(facts, indent=1))
    save("cost_speed", facts)


if __name__ == "__main__":
    main()
