"""All pruning rules at equal index postings: what each keeps of effectiveness, what queries read.

    python -m benchmarks.equal_cost [--work build/bench/equal-cost] [--only pydoc,cppdocs]

For every collection and level the reference is the top:k whose postings come nearest to that share
of the unpruned index's; the number of every other rule is then sought that leaves as many postings.
Texts are encoded once and kept in the work folder.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import equal_cost_page
from benchmarks.equal_cost_search import MEASURES, Searched
from benchmarks.foreign_encoder import model_folder
from benchmarks.material import CACHE, DATA
from benchmarks.measuring import by_collection
from harness.pruning import NONE, Columns, Rule
from harness.pruning.matching import Match, match_postings
from harness.vectors import Vectors, read_vectors

LEVELS = (0.25, 0.1, 0.05)
TOP = "top:?"
PATTERNS = ("ratio:?", "mass:?", "fraction:?", "entropy:?", "share:?", "quantile:?", "list:?")
PATTERNS += ("common:?:1", "common:5:0.4+top:?", "asked:LOG+top:?")
QUERIES = (NONE, Rule.top(5))
LOG_QUERIES = 5_000
ROUNDED = "threshold:0.005"
"""What scale:100 rounds to 0 is no posting, whatever the rule."""
_TOLERANCE = 0.001


class Collection(NamedTuple):
    """What is encoded by what.

    Attributes:
        dataset: as `esplade.load_dataset` takes it.
        encoder: one that ships, or None for the one of `benchmarks.foreign_encoder`.
        fields: of its documents.
        log: whether it has train queries, which serve as a query log.
    """

    dataset: str
    encoder: str | None = None
    fields: str = "title"
    log: bool = True


COLLECTIONS = {
    "pydoc": Collection("pydoc", "pydoc-small"),
    "cppdocs": Collection(str(DATA / "cppdocs")),
    "acmcr": Collection(str(DATA / "acmcr"), "pydoc-tiny"),
    "chorus": Collection(str(DATA / "chorus"), log=False),
    "tldr_en": Collection(str(DATA / "tldr_en"), fields="title+text"),
}


class Place(NamedTuple):
    """A rule at a level: the pattern, and what was found for it."""

    level: float
    pattern: str
    match: Match


def measure(name: str, work: Path) -> dict[str, Any]:
    """Encode, find the rules' numbers, search, test."""
    from esplade.datasets import load_dataset
    from esplade.encoder import Encoder

    began, one, folder = time.process_time(), COLLECTIONS[name], work / name
    data = load_dataset(one.dataset)
    encoder = Encoder.load(one.encoder or model_folder(), device="cpu").text_encoder
    encode(encoder, data, one, folder)
    documents = Rule.parse(ROUNDED).prune(read_vectors(folder / "docs"))
    queries = read_vectors(folder / "test")
    log = folder / "log.txt" if one.log else None
    places = matched(documents, log)
    searched = Searched(documents, queries, data.qrels("test"))
    unpruned = {query: searched.found(query, NONE) for query in QUERIES}
    rows = [row for query in QUERIES for row in _rows(query, places, searched, log)]
    return {
        "collection": name,
        "encoder": encoder.name,
        "fields": one.fields,
        "documents": len(documents.ids),
        "queries": len(searched.judged),
        "postings": documents.nnz,
        "cpu_seconds": round(time.process_time() - began, 1),
        "unpruned": {str(query): found.means() for query, found in unpruned.items()},
        "rows": _corrected(rows),
    }


def matched(documents: Vectors, log: Path | None) -> list[Place]:
    """The rules of all levels, each with the number that leaves as much as top:k does."""
    columns = Columns(documents.terms)
    places: list[Place] = []

    def find(level: float, pattern: str, wanted: int) -> Match:
        filled = pattern.replace("LOG", str(log))
        found = match_postings(filled, documents.matrix, wanted, columns, _TOLERANCE)
        print(f"{level:.0%} {pattern}: {found.rule}, {found.postings:,}", flush=True)
        places.append(Place(level, pattern, found))
        return found

    for level in LEVELS:
        reference = find(level, TOP, round(level * documents.nnz))
        for pattern in PATTERNS:
            if "LOG" not in pattern or log is not None:
                find(level, pattern, reference.postings)
    return places


def encode(encoder: Any, data: Any, one: Collection, folder: Path) -> None:
    """Documents and test queries as vectors; of train queries the terms that they ask for."""
    from esplade.encoding import encode_once

    encode_once(encoder, data, "docs", folder / "docs", one.fields, "test")
    encode_once(encoder, data, "queries", folder / "test", one.fields, "test")
    path = folder / "log.txt"
    if not one.log or path.exists():
        return
    # Evenly over the log, as ids often are in the order of the documents.
    texts = list(data.queries("train").values())
    drawn = texts[:: -(-len(texts) // LOG_QUERIES)]
    asked = Rule.top(5).apply(encoder.encode(drawn, "query", lambda steps: None))
    terms = sorted({encoder.terms[column] for column in asked.indices.tolist()})
    path.write_text("".join(f"{term}\n" for term in terms), encoding="utf-8")


def _rows(
    query: Rule, places: list[Place], searched: Searched, log: Path | None
) -> list[dict[str, Any]]:
    """Every rule at every level, with tests against top:k there."""
    from harness.evaluation.significance import compare

    rows: list[dict[str, Any]] = []
    for level in LEVELS:
        here = [place for place in places if place.level == level]
        found = {p.pattern: searched.found(query, p.match.rule) for p in here}
        print(f"queries {query}, {level:.0%}: searched", flush=True)
        tests = compare({pattern: one.values for pattern, one in found.items()}, TOP, MEASURES)
        for place in here:
            rule = str(place.match.rule).replace(str(log), "LOG")
            facts = {"queries": str(query), "level": level, "pattern": place.pattern, "rule": rule}
            counts = {"postings": place.match.postings, "wanted": here[0].match.postings}
            own = {one.measure: _test(one) for one in tests if one.system == place.pattern}
            rows.append({**facts, **counts, **found[place.pattern].means(), "tests": own})
    return rows


def _test(one: Any) -> dict[str, float]:
    interval = {"low": round(one.ci_low, 5), "high": round(one.ci_high, 5)}
    return {"difference": round(one.difference, 5), **interval, "p": one.p_permutation}


def _corrected(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Holm's correction over all tests of a collection."""
    from harness.evaluation.significance import holm

    every = [test for row in rows for test in row["tests"].values()]
    for test, p in zip(every, holm([test["p"] for test in every]), strict=True):
        test["p_holm"] = round(p, 5)
    return rows


def main() -> None:
    """Measure collection by collection, save, and write the page."""
    by_collection("equal_cost", CACHE / "equal-cost", COLLECTIONS, measure, equal_cost_page.write)


if __name__ == "__main__":
    main()
