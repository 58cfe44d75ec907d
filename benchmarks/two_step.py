"""Search in two steps against one: what is lost, what is certain, postings, lookups, latency.

    python -m benchmarks.two_step [--work build/bench/equal-cost] [--only chorus,pydoc,cppdocs]

Step one is searched on prunings of a collection, and candidates are rescored with its unpruned
vectors. Beside each stands what one step finds at the same cost: its postings are then as many as
postings and lookups of both steps. Vectors are those of `benchmarks.equal_cost`.
"""

from __future__ import annotations

import tempfile
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks import two_step_page
from benchmarks.equal_cost import COLLECTIONS, ROUNDED, encode
from benchmarks.equal_cost_search import DEPTH, MEASURES, Searched
from benchmarks.foreign_encoder import model_folder
from benchmarks.material import CACHE
from benchmarks.measuring import by_collection
from harness.pruning import NONE, Rule
from harness.vectors import Vectors, read_vectors, vectors_facts

NAMES = ("chorus", "pydoc", "cppdocs")
DOCUMENTS = ("top:10", "ratio:0.3", "share:0.25", "share:0.5", "share:0.75")
QUERIES = ("none", "top:5")
CANDIDATES = (10, 50, 100, 500)
ONE_STEP = ("none", *(f"share:{share}" for share in (0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3)))
ONE_STEP += tuple(f"share:{share}" for share in (0.25, 0.2, 0.15, 0.1, 0.05))
REPEATS = 15


class Bench(NamedTuple):
    """A collection with its unpruned index.

    Attributes:
        documents: float weights.
        queries: those that have judgments.
        qrels: their judgments.
        full: the open index of the documents.
        folder: for other indexes.
    """

    documents: Vectors
    queries: Vectors
    qrels: Any
    full: Any
    folder: Path


def measure(name: str, work: Path) -> dict[str, Any]:
    """Index, search in two steps and in one, compare."""
    from esplade.datasets import load_dataset

    one, folder = COLLECTIONS[name], work / name
    data = load_dataset(one.dataset)
    if not all((folder / part / "MANIFEST").exists() for part in ("docs", "test")):
        from esplade.encoder import Encoder

        encoder = Encoder.load(one.encoder or model_folder(), device="cpu").text_encoder
        encode(encoder, data, one, folder)
    documents = Rule.parse(ROUNDED).prune(read_vectors(folder / "docs"))
    searched = Searched(documents, read_vectors(folder / "test"), data.qrels("test"))
    with tempfile.TemporaryDirectory() as indexes:
        place = Path(indexes)
        full = _index(documents, NONE, place / "full")
        bench = Bench(documents, searched._queries, data.qrels("test"), full, place)
        unpruned = _one_step(bench)
        rows = [row for rule in DOCUMENTS for row in _two_steps(bench, rule)]
        full.close()
    return {
        "collection": name,
        "encoder": (vectors_facts(folder / "docs").get("encoder") or {}).get("name"),
        "documents": len(documents.ids),
        "queries": len(bench.queries.ids),
        "postings": documents.nnz,
        "unpruned": unpruned,
        "one_step": one_steps(searched),
        "rows": rows,
    }


def one_steps(searched: Searched) -> list[dict[str, Any]]:
    """Searches in one step, of which one costs about as much as any in two."""
    return [
        {"documents": rule, "queries": asked, **searched.found(*map(Rule.parse, pair)).means()}
        for pair in product(QUERIES, ONE_STEP)
        for asked, rule in [pair]
    ]


def _index(documents: Vectors, rule: Rule, path: Path) -> Any:
    from harness.quantisation.quantiser import Quantiser
    from harness.retrieval.indexing import IndexSettings, index_vectors

    return index_vectors(documents, path, IndexSettings(rule, Quantiser.parse("scale:100")))


def _one_step(bench: Bench) -> dict[str, Any]:
    """The exact search that two steps are to come to."""
    from harness.retrieval.outcome import search_impacts
    from harness.retrieval.searching import prepare_queries

    prepared = prepare_queries(bench.queries, bench.full)
    found = search_impacts(bench.full, prepared, k=DEPTH, repeats=REPEATS)
    return {**_effectiveness(found, bench.qrels), **_costs(found)}


def _two_steps(bench: Bench, rule: str) -> list[dict[str, Any]]:
    """All prunings of queries and numbers of candidates on one pruning of the documents."""
    from harness.retrieval.searching import prepare_queries
    from harness.retrieval.two_step import search_two_steps

    unpruned = prepare_queries(bench.queries, bench.full)
    rows = []
    with _index(bench.documents, Rule.parse(rule), bench.folder / rule.replace(":", "-")) as first:
        for asked in QUERIES:
            pruned = prepare_queries(bench.queries, first, Rule.parse(asked))
            needed = None
            for count in CANDIDATES:
                found = search_two_steps(
                    *(first, bench.full, pruned, unpruned),
                    k=DEPTH,
                    candidates=count,
                    repeats=REPEATS,
                    needed=needed is None,
                )
                if needed is None:
                    needed, facts = found.further["candidates_needed"], found.facts()
                point = {"documents": rule, "queries": asked, "candidates": count}
                sure = found.further["certified"] == 1
                assert not (sure & (needed > count)).any()
                rows.append(
                    {
                        **point,
                        **_effectiveness(found, bench.qrels),
                        **_costs(found),
                        "certified": round(float(sure.mean()), 4),
                        "lossless": round(float((needed <= count).mean()), 4),
                        "needed": facts["candidates_needed"],
                    }
                )
            print(f"{rule}, queries {asked}: searched", flush=True)
    return rows


def _effectiveness(found: Any, qrels: Any) -> dict[str, float]:
    from harness.evaluation import aggregate, evaluate

    means = aggregate(evaluate(found.run, qrels, MEASURES))
    return {name: round(float(means[name]), 5) for name in MEASURES}


def _costs(found: Any) -> dict[str, float]:
    lookups = found.further.get("lookups", np.zeros(1))
    facts = found.facts()
    return {
        "postings": round(float(found.postings.mean()), 1),
        "lookups": round(float(lookups.mean()), 1),
        "scored": round(facts["touched"]["scored"]["mean"], 1),
        "latency_ms": round(float(np.median(found.seconds, axis=0).mean() * 1000), 4),
        "rescoring_ms": round(facts.get("rescoring", {}).get("p50_ms") or 0.0, 4),
    }


def main() -> None:
    """Measure collection by collection, save, and write the page."""
    by_collection("two_step", CACHE / "equal-cost", NAMES, measure, two_step_page.write)


if __name__ == "__main__":
    main()
