"""Paired measurements: contenders take turns, and what is reported is the ratio turn by turn."""

from __future__ import annotations

import argparse
import json
import os
import platform
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

RESULTS = Path(__file__).parent / "results"
ROUNDS = 7


@dataclass(frozen=True)
class Spread:
    """Median, smallest and largest of some measurements."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: list[float]) -> Spread:
        """Summarise."""
        return cls(median(values), min(values), max(values))

    def to_dict(self) -> dict[str, float]:
        """Three significant figures are more than such a machine gives."""
        return {name: float(f"{value:.4g}") for name, value in vars(self).items()}


def take_turns(
    contenders: Mapping[str, Callable[[], float]], rounds: int = ROUNDS
) -> dict[str, list[float]]:
    """Seconds of every contender in every round, after one round that is discarded."""
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for turn in range(rounds + 1):
        for name, measure in contenders.items():
            taken = measure()
            if turn:
                seconds[name].append(taken)
    return seconds


def ratio(slower: list[float], faster: list[float]) -> Spread:
    """How many times as long the first took, round by round."""
    return Spread.of([a / b for a, b in zip(slower, faster, strict=True)])


def save(name: str, facts: Mapping[str, Any]) -> None:
    """Write results where `benchmarks.page` finds them."""
    RESULTS.mkdir(exist_ok=True)
    record = {"date": date.today().isoformat(), "machine": machine(), **facts}
    path = RESULTS / f"{name}.json"
    path.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    print(f"written: {path}")


def merged(name: str, results: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """New results, and those of other collections that were measured before."""
    path = RESULTS / f"{name}.json"
    before = json.loads(path.read_text(encoding="utf-8"))["results"] if path.exists() else []
    new = {one["collection"] for one in results}
    return [one for one in before if one["collection"] not in new] + results


def by_collection(
    name: str,
    work: Path,
    names: Iterable[str],
    measure: Callable[[str, Path], dict[str, Any]],
    write: Callable[[], None],
) -> None:
    """The command of a benchmark that measures, saves and writes its page collection by collection.

    Args:
        name: of the results; other collections' stay in them.
        work: folder of what is made, unless ``--work`` names another.
        names: of the collections, unless ``--only`` names some.
        measure: the result of a collection, given its name and the folder.
        write: fills the page.
    """
    parser = argparse.ArgumentParser(prog=f"python -m benchmarks.{name}")
    parser.add_argument("--work", type=Path, default=work)
    parser.add_argument("--only", default=",".join(names))
    options = parser.parse_args()
    for collection in options.only.split(","):
        save(name, {"results": merged(name, [measure(collection, options.work)])})
        write()


def machine() -> dict[str, Any]:
    """Processor, cores, threads that numerical libraries may take, Python."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = [line for line in cpuinfo.read_text().splitlines() if "model name" in line]
        model = lines[0].split(":", 1)[1].strip() if lines else model
    cores = os.cpu_count()
    threads = int(os.environ.get("OMP_NUM_THREADS") or cores or 1)
    version = platform.python_version()
    return {"processor": model, "cores": cores, "threads": threads, "python": version}
