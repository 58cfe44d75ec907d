"""Where the time of an index build goes, and how much of it is a JVM that has just started.

Every round is a process of its own; in it the same index is built twice, and the second time is
what Lucene's own work costs once the JVM has compiled it. `python -m benchmarks.index_profile`
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.material import CACHE, synthetic
from benchmarks.measuring import Spread, save

STAGES = ("start", "libraries", "reading", "building", "building again")


def child(vectors: Path, out: Path) -> dict[str, float]:
    """Seconds of every stage, in this process."""
    marks = [time.perf_counter()]

    def lap() -> None:
        marks.append(time.perf_counter())

    from harness.lucene.json_reading import reading

    with reading(vectors, out) as begun:
        lap()
        from harness.lucene.vector_reading import read_documents
        from harness.pruning import NONE
        from harness.quantisation.quantiser import Quantiser
        from harness.retrieval.indexing import IndexSettings, index_vectors

        lap()
        documents = read_documents(vectors, begun)
    lap()
    settings = IndexSettings(NONE, Quantiser.parse("none"))
    for _ in range(2):
        shutil.rmtree(out, ignore_errors=True)
        index_vectors(documents, out, settings).close()
        lap()
    return dict(zip(STAGES, (b - a for a, b in zip(marks, marks[1:], strict=False)), strict=True))


def measure(rounds: int, run: Callable[[], dict[str, float]]) -> dict[str, Any]:
    """Spread of every stage over processes."""
    taken = [run() for _ in range(rounds + 1)][1:]
    return {name: Spread.of([one[name] for one in taken]).to_dict() for name in STAGES}


def main() -> None:
    """Measure, print and save; with --child, one round."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--child", nargs=2, type=Path)
    options = parser.parse_args()
    if options.child:
        print(json.dumps(child(*options.child)))
        return
    material = synthetic(100_000)
    out = CACHE / "index_profile"
    command = [sys.executable, "-m", "benchmarks.index_profile", "--child"]
    command += [str(material.documents), str(out)]

    def run() -> dict[str, float]:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return dict(json.loads(done.stdout.splitlines()[-1]))

    facts = {"collection": material.name, "rounds": options.rounds}
    facts["seconds"] = measure(options.rounds, run)
    print(json.dumps(facts, indent=1))
    save("index_profile", facts)


if __name__ == "__main__":
    main()
