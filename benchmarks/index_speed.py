"""Indexing JSON Lines end to end: our command and Pyserini's, whole processes, in turns.

Pyserini's indexer runs in the JVM that ours found, because stock Pyserini needs a JDK to be
prepared; the code is its own. `python -m benchmarks.index_speed [NAME ...]`
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.material import CACHE, Material
from benchmarks.measuring import Spread, merged, ratio, save, take_turns
from benchmarks.search_speed import collections

_STOCK = """
import runpy, sys
from harness.lucene.jvm import start
start()
sys.argv = ["pyserini.index.lucene", *sys.argv[1:]]
runpy.run_module("pyserini.index.lucene", run_name="__main__")
"""


def run(command: list[str]) -> float:
    """Seconds of a whole process."""
    environment = os.environ | {"OPENAI_API_KEY": "unused", "HF_HUB_OFFLINE": "1"}
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return time.perf_counter() - start


def ours(material: Material, out: Path, memory: int = 1024) -> float:
    """`esplade index` on the collection."""
    shutil.rmtree(out, ignore_errors=True)
    options = ["--vectors", str(material.documents), "--quantize", "none", "--memory", str(memory)]
    return run([sys.executable, "-m", "esplade.cli.main", "index", *options, "--index", str(out)])


def pyserini(material: Material, out: Path) -> float:
    """`python -m pyserini.index.lucene` on a folder that holds a link to the collection."""
    folder = out.with_name("json")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "docs.jsonl").symlink_to(material.documents.resolve())
    shutil.rmtree(out, ignore_errors=True)
    options = ["--collection", "JsonVectorCollection", "--input", str(folder), "--index", str(out)]
    options += ["--generator", "DefaultLuceneDocumentGenerator", "--threads", "2"]
    return run([sys.executable, "-c", _STOCK, *options, "--impact", "--pretokenized", "--optimize"])


def measure(material: Material, rounds: int) -> dict[str, Any]:
    """Both on one collection, ours with the default memory and with a sixteenth of it."""
    work = CACHE / "index_speed"
    seconds = take_turns(
        {
            "esplade": lambda: ours(material, work / "ours"),
            "esplade-64MB": lambda: ours(material, work / "ours-64", 64),
            "pyserini": lambda: pyserini(material, work / "pyserini"),
        },
        rounds,
    )
    manifest = json.loads((work / "ours" / "MANIFEST").read_text())
    return {
        "collection": material.name,
        "documents": manifest["documents"],
        "postings": manifest["postings"],
        "seconds": {name: Spread.of(taken).to_dict() for name, taken in seconds.items()},
        "pyserini_times_ours": ratio(seconds["pyserini"], seconds["esplade"]).to_dict(),
        "esplade_peak_mb": peak(material, work / "peak"),
    }


def peak(material: Material, out: Path) -> dict[str, float]:
    """Largest resident memory of our command, by its memory setting."""
    found = {}
    for memory in (64, 1024):
        code = (
            "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True); "
            "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
        )
        shutil.rmtree(out, ignore_errors=True)
        command = [sys.executable, "-m", "esplade.cli.main", "index", "--vectors"]
        command += [str(material.documents), "--quantize", "none", "--memory", str(memory)]
        command += ["--index", str(out)]
        done = subprocess.run(
            [sys.executable, "-c", code, *command], capture_output=True, text=True, check=True
        )
        found[str(memory)] = round(int(done.stdout.split()[-1]) / 1024)
    return found


def main() -> None:
    """Measure, print and save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    results = []
    names = options.names or ["synthetic-100k", "synthetic-100k-short", "acmcr"]
    for material in collections(names):
        results.append(measure(material, options.rounds))
        print(json.dumps(results[-1], indent=1))
        save("index_speed", {"rounds": options.rounds, "results": merged("index_speed", results)})


if __name__ == "__main__":
    main()
