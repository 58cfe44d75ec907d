"""A sweep of four points against its unpruned point alone, on vectors that are there already.

`python -m benchmarks.sweep_speed`: whole processes in turns, on the acmcr titles.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys

from benchmarks.index_speed import run
from benchmarks.material import CACHE, DATA, acmcr
from benchmarks.measuring import Spread, ratio, save, take_turns

GRIDS = {"unpruned": "0:0", "four": "0:0,7:20,5:20,5:10"}


def sweep(grid: str) -> float:
    """Seconds of one sweep from nothing but vectors."""
    out = CACHE / "sweep_speed"
    shutil.rmtree(out, ignore_errors=True)
    vectors = CACHE / "acmcr"
    options = ["--dataset", str(DATA / "acmcr"), "--no-bm25", "--grid", grid, "--out", str(out)]
    options += ["--vectors", str(vectors / "docs"), "--queries", str(vectors / "queries")]
    return run([sys.executable, "-m", "harness.cli.main", "sweep", *options])


def main() -> None:
    """Measure, print and save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    if acmcr() is None:
        sys.exit(f"{DATA / 'acmcr'} is not there; set ESPLADE_DATA.")
    taken = take_turns({n: lambda g=g: sweep(g) for n, g in GRIDS.items()}, options.rounds)
    facts = {
        "rounds": options.rounds,
        "seconds": {name: Spread.of(values).to_dict() for name, values in taken.items()},
        "four_times_unpruned": ratio(taken["four"], taken["unpruned"]).to_dict(),
    }
    print(json.dumps(facts, indent=1))
    save("sweep_speed", facts)


if __name__ == "__main__":
    main()
