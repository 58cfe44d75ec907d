"""What strict reading costs: `esplade index` of this checkout and of another one, in turns.

The other is a checkout of an earlier commit (`git worktree add`). What counts is processor time,
all threads of Python and Java together, so that it can be told on a machine that others use.
`python -m benchmarks.reading_speed OTHER`
"""

from __future__ import annotations

import argparse
import gzip
import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.material import CACHE, synthetic
from benchmarks.measuring import Spread, ratio, save

HERE = Path(__file__).parents[1]


def packed(path: Path) -> Path:
    """The same file as gzip, made once."""
    found = path.with_name(path.name + ".gz")
    if not found.exists():
        partial = path.with_suffix(".partial")
        with path.open("rb") as source, gzip.open(partial, "wb", compresslevel=6) as target:
            shutil.copyfileobj(source, target)
        partial.replace(found)
    return found


def processor_seconds(tree: Path, vectors: Path) -> float:
    """Of `esplade index` in a checkout, user and system."""
    out = CACHE.resolve() / "reading_speed"
    shutil.rmtree(out, ignore_errors=True)
    # Before there was a package esplade, the commands were in harness.
    module = "esplade.cli.main" if (tree / "esplade").is_dir() else "harness.cli.main"
    command = [sys.executable, "-m", module, "index", "--vectors", str(vectors)]
    command += ["--quantize", "none", "--index", str(out)]
    environment = os.environ | {"PYTHONPATH": str(tree), "OMP_NUM_THREADS": "1"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=tree)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(other: Path, vectors: Path, rounds: int) -> dict[str, Any]:
    """Both checkouts, each of them first in every other round."""
    seconds: dict[str, list[float]] = {"this": [], "other": []}
    trees = [("this", HERE), ("other", other)]
    for turn in range(rounds):
        for name, tree in trees[:: 1 if turn % 2 else -1]:
            seconds[name].append(processor_seconds(tree, vectors))
    return {
        "processor_seconds": {name: Spread.of(taken).to_dict() for name, taken in seconds.items()},
        "this_times_other": ratio(seconds["this"], seconds["other"]).to_dict(),
    }


def main() -> None:
    """Measure, print and save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("other", type=Path, help="checkout of an earlier commit")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--name", default="before", help="what the other is called in the result")
    options = parser.parse_args()
    material = synthetic(100_000)
    results = {}
    for form, path in (("plain", material.documents), ("gz", packed(material.documents))):
        results[form] = measure(options.other.resolve(), path.resolve(), options.rounds)
        print(form, results[form])
    facts = {"collection": material.name, "other": options.name, "rounds": options.rounds}
    save("reading_speed", {**facts, "load": list(os.getloadavg()), "results": results})


if __name__ == "__main__":
    main()
