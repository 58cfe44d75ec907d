"""Collects the points of runs and sweeps that are to stand in one table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import InputError
from harness.evaluation import read_and_evaluate
from harness.report.points import Point, load_points, point_of_run, with_effectiveness

if TYPE_CHECKING:
    import pandas as pd

Sourced = tuple[Path, Point]
"""A point and the sweep folder or run file that it comes from."""


def gather_points(
    sources: Sequence[Path],
    judgments: pd.DataFrame | None,
    measures: Sequence[str],
    note: Callable[[str], None] = lambda text: None,
) -> list[Point]:
    """Points of run files and sweep folders, scored by the same judgments if there are any.

    Args:
        sources: run files and folders of sweeps.
        judgments: columns query_id, doc_id, relevance. With None, the effectiveness that sweeps
            have stored is taken.
        measures: to compute.
        note: told, a sentence each, of queries without results or judgments.

    Raises:
        InputError: a source is neither run nor sweep, or a run comes without judgments.
    """
    loaded = [(source, point) for source in sources for point in _load(source, judgments)]
    return distinct([(source, _score(p, judgments, measures, note)) for source, p in loaded])


def distinct(points: Sequence[Sourced]) -> list[Point]:
    """Give points from several sources names of their own.

    What occurs twice with the same values (BM25 in two sweeps over one data set) is kept once.
    A system that occurs in several sweeps, or a name that occurs twice, gets the name of its
    folder in front; what is then still the same gets a number behind.
    """
    kept: list[Sourced] = []
    for source, point in points:
        if not any(_same(point, other) for _, other in kept):
            kept.append((source, point))
    names = [point.name for _, point in kept]
    shared = _shared_systems(kept)
    result: list[Point] = []
    for source, point in kept:
        if names.count(point.name) > 1 or point.system in shared:
            point = _prefixed(source, point, point.system in shared)
        result.append(_numbered(point, [other.name for other in result]))
    return result


def _load(source: Path, judgments: pd.DataFrame | None) -> list[Point]:
    if source.is_dir():
        return load_points(source)
    if judgments is None:
        raise InputError(
            f"{source} is a run, so its judgments are needed: give --qrels FILE or --dataset D. "
            f"Only sweep folders can be compared without."
        )
    return [point_of_run(source)]


def _score(
    point: Point,
    judgments: pd.DataFrame | None,
    measures: Sequence[str],
    note: Callable[[str], None],
) -> Point:
    if judgments is None or point.run is None:
        return point
    values, covered = read_and_evaluate(point.run, judgments, measures)
    for sentence in covered.notes():
        note(f"{point.run}: {sentence}")
    return with_effectiveness(point, values)


def _same(one: Point, other: Point) -> bool:
    if (one.name, one.system, one.pruning) != (other.name, other.system, other.pruning):
        return False
    keys = ["measure", "query"]
    a, b = (p.values.sort_values(keys).reset_index(drop=True) for p in (one, other))
    # Times differ from one measurement to the next.
    a, b = (values[~values["measure"].str.startswith("latency")] for values in (a, b))
    return a.reset_index(drop=True).equals(b.reset_index(drop=True))


def _shared_systems(points: Sequence[Sourced]) -> set[str]:
    folders: dict[str, set[Path]] = {}
    for source, point in points:
        if source.is_dir() and not point.is_bm25:
            folders.setdefault(point.system, set()).add(source)
    return {system for system, sources in folders.items() if len(sources) > 1}


def _prefixed(source: Path, point: Point, shared: bool) -> Point:
    folder = source.resolve() if source.is_dir() else source.resolve().parent
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
