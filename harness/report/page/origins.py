"""Where each number comes from: what is recorded of a point, and commands that make it again."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ground.artifacts import provenance
from harness.report.points import Point
from harness.report.sources import is_study
from harness.report.subjects import fields_of_sweep, subject_of
from harness.runs.metadata import read_metadata

if TYPE_CHECKING:
    from harness.report.page.contents import Told

_LONGEST = 2_000


def facts_of(point: Point) -> list[tuple[str, str]]:
    """What is known of a point: itself, its facts, and the metadata beside its run file."""
    return [(key, value[:_LONGEST]) for key, value in _facts(point)]


def data_of(folders: Sequence[Path]) -> list[tuple[str, str]]:
    """What sweeps and studies are of, a pair each: the data set, split and fields, and its digest.

    Raises:
        InputError: a folder is of neither.
    """
    found = {}
    for folder in folders:
        subject = subject_of(folder)
        if subject.digest:
            fields = None if is_study(folder) else fields_of_sweep(folder)
            split = subject.split and f"split {subject.split}"
            name = ", ".join(part for part in (subject.name, split, fields) if part)
            found[name] = f"SHA-256 {subject.digest}"
    return list(found.items())


def lead_of(told: Told) -> str:
    """What the numbers are of, in a sentence."""
    named = "; ".join(name for name, _ in told.origins)
    return f"{named}: {len(told.queries):,} queries." if named else ""


def machine_of() -> list[tuple[str, str]]:
    """What this page was made with, and where."""
    made = provenance()
    versions = ", ".join(f"{name} {version}" for name, version in made["versions"].items())
    return [("made", str(made["created"])), ("by", shlex.join(made["command"])), ("with", versions)]


def commands_of(point: Point, measures: Sequence[str]) -> list[str]:
    """The commands that make a point's numbers again: all at once, and alone.

    Paths are relative to the folder that one works in. What is not known stands in capitals.
    """
    block = read_metadata(point.run) if point.run is not None else {}
    whole = _text(block, "implementation", "executable", "cmd")
    dataset, split = _collection(block)
    lines = [whole] if whole else []
    if point.run is None:
        return lines
    run = _seen(point.run)
    if "index" in point.sources:
        lines.append(shlex.join(_search(point, block, dataset, split)))
        run = "run.trec"
    scored = ["esplade", "score", run, "--dataset", dataset, "--split", split]
    return [*lines, shlex.join([*scored, "--measures", " ".join(measures)])]


def _search(point: Point, block: Mapping[str, Any], dataset: str, split: str) -> list[str]:
    queries, method = point.sources.get("queries"), block.get("method") or {}
    words = ["esplade", "search", "--index", _seen(point.sources["index"])]
    words += ["--dataset", dataset, "--split", split] if queries is None else []
    words += ["--queries", _seen(queries)] if queries is not None else []
    if point.qk:
        words += ["--qk", str(point.qk)]
    elif point.qk is None and point.pruning:
        words += ["--prune", point.pruning.rpartition("/")[0]]
    if isinstance(method, Mapping) and method.get("k"):
        words += ["--k", str(method["k"])]
    return [*words, "--run", "run.trec"]


def _collection(block: Mapping[str, Any]) -> tuple[str, str]:
    data = (block.get("data") or {}).get("test collection") or {}
    known = data if isinstance(data, Mapping) else {}
    return str(known.get("name") or "DATASET"), str(known.get("split") or "test")


def _seen(path: Path) -> str:
    return os.path.relpath(path)


def _text(block: Mapping[str, Any], *path: str) -> str:
    found: Any = block
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found if isinstance(found, str) else ""


def _facts(point: Point) -> Iterator[tuple[str, str]]:
    yield "system", point.system
    if point.pruning:
        yield "qk:dk", point.pruning
    yield from _flat(point.facts)
    if point.run is not None:
        yield "run", str(point.run)
        yield from _flat(read_metadata(point.run))


def _flat(value: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, item in value.items():
        name = f"{prefix}{key}"
        if isinstance(item, Mapping):
            yield from _flat(item, f"{name} / ")
        elif isinstance(item, list | tuple):
            yield name, ", ".join(map(str, item))
        elif item is not None:
            yield name, f"{item:,}" if isinstance(item, int | float) else str(item)
