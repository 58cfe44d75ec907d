"""A sweep of four points against its unpruned point alone, on vectors that are there already.

`python -m benchmarks.sweep_speed`: whole processes in turns, on the acmcr titles.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from pathlib import Path

from benchmarks.index_speed import run
from benchmarks.material import CACHE, DATA, acmcr
from benchmarks.measuring import Spread, ratio, save, take_turns

QUERIES = 50
"""Queries of acmcr are long: pricing all of them would take most of the time, at every point."""

GRIDS = {"unpruned": "0:0", "four": "0:0,7:20,5:20,5:10"}


def collection() -> tuple[Path, Path]:
    """The first queries of acmcr over all of its documents: data set, and vectors of queries."""
    folder, source = CACHE / "acmcr" / f"first-{QUERIES}", DATA / "acmcr"
    (folder / "qrels").mkdir(parents=True, exist_ok=True)
    for name in ("corpus.jsonl.gz", "queries.jsonl.gz"):
        if not (folder / name).exists():
            (folder / name).symlink_to((source / name).resolve())
    shards = sorted((CACHE / "acmcr" / "queries").glob("*.jsonl"))
    lines = shards[0].read_text(encoding="utf-8").splitlines(keepends=True)[:QUERIES]
    (folder / "queries.vectors.jsonl").write_text("".join(lines), encoding="utf-8")
    asked = {json.loads(line)["id"] for line in lines}
    head, *judged = (source / "qrels" / "test.tsv").read_text().splitlines(keepends=True)
    kept = [line for line in judged if line.split("\t")[0] in asked]
    (folder / "qrels" / "test.tsv").write_text(head + "".join(kept))
    return folder, folder / "queries.vectors.jsonl"


def sweep(grid: str) -> float:
    """Seconds of one sweep from nothing but vectors."""
    out = CACHE / "sweep_speed"
    shutil.rmtree(out, ignore_errors=True)
    dataset, queries = collection()
    options = ["--dataset", str(dataset), "--no-bm25", "--grid", grid, "--out", str(out)]
    options += ["--vectors", str(CACHE / "acmcr" / "docs"), "--queries", str(queries)]
    return run([sys.executable, "-m", "esplade.cli.main", "sweep", *options])


def main() -> None:
    """Measure, print and save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    if acmcr() is None:
        sys.exit(f"{DATA / 'acmcr'} is not there; set ESPLADE_DATA.")
    taken = take_turns({n: lambda g=g: sweep(g) for n, g in GRIDS.items()}, options.rounds)  # type: ignore[misc]
    facts = {
        "rounds": options.rounds,
        "seconds": {name: Spread.of(values).to_dict() for name, values in taken.items()},
        "four_times_unpruned": ratio(taken["four"], taken["unpruned"]).to_dict(),
    }
    print(json.dumps(facts, indent=1))
    save("sweep_speed", facts)


if __name__ == "__main__":
    main()
