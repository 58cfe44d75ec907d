"""Names of their own for points of several sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from harness.report.points import Point
from harness.report.sources import HeldRun, Source, Sourced, is_folder

_OF_THE_INDEX = ("documents", "document_terms", "flops", "lists")
"""Facts that differ where the indexes do, even if no query shows it."""


def distinct(points: Sequence[Sourced]) -> list[Point]:
    """Give points from several sources names of their own.

    What occurs twice with the same values (BM25 in two sweeps over one data set) is kept once.
    A system that occurs in several sweeps, or a name that occurs twice, gets the name of its
    folder in front; what is then still the same gets a number behind.
    """
    kept: list[Sourced] = []
    for source, point in points:
        if not any(_same(point, other) and _kin(source, place) for place, other in kept):
            kept.append((source, point))
    names = [point.name for _, point in kept]
    shared = _shared_systems(kept)
    result: list[Point] = []
    for source, point in kept:
        if names.count(point.name) > 1 or point.system in shared:
            point = _prefixed(source, point, point.system in shared)
        result.append(_numbered(point, [other.name for other in result]))
    return result


def _kin(one: Source, other: Source) -> bool:
    """Whether equal values are one thing: BM25 of two sweeps is, two runs that tie are not."""
    return one is other or (is_folder(one) and is_folder(other)) or _same_file(one, other)


def _same_file(one: Source, other: Source) -> bool:
    return isinstance(one, Path) and isinstance(other, Path) and one == other


def _same(one: Point, other: Point) -> bool:
    if (one.system, one.pruning) != (other.system, other.pruning):
        return False
    if one.name != other.name and not one.is_bm25:  # studies and sweeps spell BM25's otherwise
        return False
    for name in _OF_THE_INDEX:
        a, b = one.facts.get(name), other.facts.get(name)
        # A study does not have all that a sweep has.
        if a is not None and b is not None and str(a) != str(b):
            return False
    return _same_values(one, other)


def _same_values(one: Point, other: Point) -> bool:
    keys = ["measure", "query"]
    a, b = (p.values.sort_values(keys).reset_index(drop=True) for p in (one, other))
    # Times differ from one measurement to the next.
    a, b = (values[~values["measure"].str.startswith("latency")] for values in (a, b))
    return a.reset_index(drop=True).equals(b.reset_index(drop=True))


def _shared_systems(points: Sequence[Sourced]) -> set[str]:
    folders: dict[str, set[Path]] = {}
    for source, point in points:
        if isinstance(source, Path) and source.is_dir() and not point.is_bm25:
            folders.setdefault(point.system, set()).add(source)
    return {system for system, sources in folders.items() if len(sources) > 1}


def _prefixed(source: Source, point: Point, shared: bool) -> Point:
    if isinstance(source, HeldRun):
        return point  # of equal names one gets a number
    folder = source.resolve() if source.is_dir() else source.resolve().parent
    if folder.name == "results":  # of a study
        folder = folder.parent
    name = f"{folder.name}/{point.name}"
    if point.system == point.name and not point.is_bm25:
        return replace(point, name=name, system=name)
    return (
        replace(point, name=name, system=f"{folder.name}/{point.system}")
        if shared
        else (replace(point, name=name))
    )


def _numbered(point: Point, taken: Sequence[str]) -> Point:
    if point.name not in taken:
        return point
    name = next(n for i in range(2, len(taken) + 3) if (n := f"{point.name} ({i})") not in taken)
    return replace(point, name=name, system=name if point.system == point.name else point.system)
