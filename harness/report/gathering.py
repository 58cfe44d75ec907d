"""Collects the points of runs and sweeps that are to stand in one table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ground.errors import InputError
from harness.evaluation import evaluate_file
from harness.evaluation.coverage import coverage
from harness.evaluation.scoring import evaluate
from harness.report.lone_runs import described, point_of_run, undescribed_if_replaced
from harness.report.points import Point, load_points, with_effectiveness
from harness.report.subjects import require_one_subject
from harness.runs.runfile import Run, read_run

if TYPE_CHECKING:
    import pandas as pd

_OF_THE_INDEX = ("documents", "document_terms", "flops", "lists")
"""Facts that differ where the indexes do, even if no query shows it."""


@dataclass(frozen=True)
class HeldRun:
    """A run in memory.

    Attributes:
        name: what the table calls it.
        run: the results.
        costs: per query: columns query, measure, value.
        facts: of the index and the search, as a run's metadata have them.
        method: how it was retrieved, as a run's metadata have it.
    """

    name: str
    run: Run
    costs: pd.DataFrame
    facts: Mapping[str, Any]
    method: Mapping[str, Any]


Source = Path | HeldRun
Sourced = tuple[Source, Point]
"""A point and the sweep folder, run file or run that it comes from."""


def gather_points(
    sources: Sequence[Source],
    judgments: pd.DataFrame | None,
    measures: Sequence[str],
    note: Callable[[str], None] = lambda text: None,
    collection: Callable[[], Iterable[str]] | None = None,
) -> list[Point]:
    """Points of run files and sweep folders, scored by the same judgments if there are any.

    Args:
        sources: run files, runs in memory, and folders of sweeps.
        judgments: columns query_id, doc_id, relevance. With None, the effectiveness that sweeps
            have stored is taken.
        measures: to compute.
        note: told, a sentence each, of queries without results or judgments.
        collection: gives the ids of all documents; see `harness.evaluation.coverage`.

    Raises:
        InputError: a source is neither run nor sweep, a run comes without judgments, or stored
            values are of different data sets.
    """
    if judgments is None:
        require_one_subject([s for s in sources if isinstance(s, Path) and s.is_dir()])
    loaded = [(source, point) for source in sources for point in _load(source, judgments)]
    scored = []
    for source, point in loaded:
        if judgments is not None:
            point = _score(source, point, judgments, measures, collection)
            for sentence in point.notes:
                note(f"{point.run or point.name}: {sentence}")
        scored.append((source, point))
    return distinct(scored)


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


def _load(source: Source, judgments: pd.DataFrame | None) -> list[Point]:
    if isinstance(source, Path) and source.is_dir():
        return load_points(source)
    if judgments is None:
        name = source if isinstance(source, Path) else source.name
        raise InputError(
            f"{name} is a run, so its judgments are needed: give --qrels FILE or --dataset D. "
            f"Only sweep folders can be compared without."
        )
    if isinstance(source, HeldRun):
        block = {"method": source.method, "resources": source.facts}
        return [described(source.name, block, source.costs, f"run {source.name}")]
    return [point_of_run(source)]


def _score(
    source: Source,
    point: Point,
    judgments: pd.DataFrame,
    measures: Sequence[str],
    collection: Callable[[], Iterable[str]] | None,
) -> Point:
    if isinstance(source, HeldRun):
        found = evaluate(source.run, judgments, measures)
        shared = coverage(source.run, judgments, collection, measures)
        return with_effectiveness(point, found, [*point.notes, *shared.notes()])
    if point.run is None:
        # Its stored values may be of other judgments.
        raise InputError(
            f"The point {point.name} has no run file any more, so it cannot be scored by these "
            f"judgments. Compare without --qrels and --dataset, or leave its sweep out."
        )
    run = read_run(point.run)
    values, covered = evaluate_file(point.run, run, judgments, measures, collection)
    if source.is_dir():
        return with_effectiveness(point, values, covered.notes())
    point = undescribed_if_replaced(point, run)
    return with_effectiveness(point, values, [*point.notes, *covered.notes()])


def _kin(one: Source, other: Source) -> bool:
    """Whether equal values are one thing: BM25 of two sweeps is, two runs that tie are not."""
    return one is other or (_is_sweep(one) and _is_sweep(other)) or _same_file(one, other)


def _is_sweep(source: Source) -> bool:
    return isinstance(source, Path) and source.is_dir()


def _same_file(one: Source, other: Source) -> bool:
    return isinstance(one, Path) and isinstance(other, Path) and one == other


def _same(one: Point, other: Point) -> bool:
    if (one.name, one.system, one.pruning) != (other.name, other.system, other.pruning):
        return False
    if any(str(one.facts.get(name)) != str(other.facts.get(name)) for name in _OF_THE_INDEX):
        return False
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
