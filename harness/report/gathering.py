"""Collects the points of runs, sweeps and studies that are to stand in one table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ground.errors import InputError
from harness.evaluation import evaluate_file, is_effectiveness
from harness.evaluation.coverage import coverage, first
from harness.evaluation.scoring import evaluate
from harness.report.lone_runs import described, point_of_run, undescribed_if_replaced
from harness.report.naming import distinct
from harness.report.points import Point, with_effectiveness
from harness.report.sources import HeldRun, Source, Sourced, is_folder, is_study, load_folder, named
from harness.report.subjects import different_subjects, differing, require_one_subject
from harness.runs.runfile import read_run

if TYPE_CHECKING:
    import pandas as pd

_STORED = (
    "Compare them apart; or, if documents, queries and judgments are the same nevertheless, give "
    "the judgments with --qrels or --dataset, and add --other-data: all runs are then scored "
    "alike, and the table says so."
)
_JUDGED = (
    "Compare them apart; or, if documents and queries are the same nevertheless, add --other-data: "
    "all runs are scored by the judgments given with --qrels or --dataset, and the table says so."
)


def gather_points(
    sources: Sequence[Source],
    judgments: pd.DataFrame | None,
    measures: Sequence[str],
    note: Callable[[str], None] = lambda text: None,
    collection: Callable[[], Iterable[str]] | None = None,
    other_data: bool = False,
) -> list[Point]:
    """Points of runs, sweeps and studies, scored by the same judgments if there are any.

    Args:
        sources: run files, runs in memory, and folders of sweeps and studies.
        judgments: columns query_id, doc_id, relevance. With None, the effectiveness that sweeps
            and studies have stored is taken.
        measures: to compute.
        note: told, a sentence each, of queries without results or judgments.
        collection: gives the ids of all documents; see `harness.evaluation.coverage`.
        other_data: score what says that it is of other data all the same, and note it.

    Raises:
        InputError: a source is none of these, a run comes without judgments, two sources are of
            different data, or they share no query with each other or with the judgments.
    """
    _check_subjects(sources, judgments is not None, other_data)
    loaded = [(source, point) for source in sources for point in _load(source, judgments)]
    if judgments is None:
        _check_queries(loaded)
    scored = []
    for source, point in loaded:
        if judgments is not None:
            point = _score(source, point, judgments, measures, collection)
            for sentence in point.notes:
                note(f"{point.run or point.name}: {sentence}")
        scored.append((source, point))
    return distinct(_noted(scored, sources) if other_data else scored)


def _check_subjects(sources: Sequence[Source], judged: bool, other_data: bool) -> None:
    if not (judged and other_data):
        require_one_subject([s for s in sources if judged or is_folder(s)], _remedy(judged))


def _remedy(judged: bool) -> str:
    return _JUDGED if judged else _STORED


def _noted(scored: Sequence[Sourced], sources: Sequence[Source]) -> list[Sourced]:
    """What is of other data than the first source, with a note that it is."""
    notes: dict[int, str] = {}
    for source in sources[1:]:
        if found := different_subjects([sources[0], source]):
            notes[id(source)] = (
                f"By its metadata it is of other data than {named(found[0])}: "
                f"{differing(found[2])}."
            )
    return [
        (s, replace(p, notes=(*p.notes, notes[id(s)])) if id(s) in notes else p) for s, p in scored
    ]


def _check_queries(loaded: Sequence[Sourced]) -> None:
    """Refuse stored values of queries that are all others than those of the first point."""
    expected: tuple[Source, list[str]] | None = None
    for source, point in loaded:
        effectiveness = point.values["measure"].map(is_effectiveness)
        queries = sorted(set(point.values["query"][effectiveness]))
        if not queries:
            continue
        if expected is None:
            expected = source, queries
        elif set(queries).isdisjoint(expected[1]):
            raise InputError(
                f"{point.name} of {named(source)} and {named(expected[0])} share no query: the one "
                f"has values for {len(queries):,} ({first(queries)}), the other for "
                f"{len(expected[1]):,} ({first(expected[1])}). They are of different data or "
                f"splits, and do not belong in one table. Compare them apart."
            )


def _load(source: Source, judgments: pd.DataFrame | None) -> list[Point]:
    if isinstance(source, Path) and source.is_dir():
        return load_folder(source)
    if judgments is None:
        name = source if isinstance(source, Path) else source.name
        raise InputError(
            f"{name} is a run, so its judgments are needed: give --qrels FILE or --dataset D. "
            f"Only folders of sweeps and studies can be compared without."
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
        raise InputError(_unscored(source, point))
    run = read_run(point.run)
    values, covered = evaluate_file(point.run, run, judgments, measures, collection)
    if source.is_dir():
        return with_effectiveness(point, values, covered.notes())
    point = undescribed_if_replaced(point, run)
    return with_effectiveness(point, values, [*point.notes, *covered.notes()])


def _unscored(source: Path, point: Point) -> str:
    # Its stored values may be of other judgments.
    if is_study(source):
        return (
            f"The study {source} kept no run of {point.name}, so it cannot be scored by these "
            f"judgments. Compare it without --qrels and --dataset, which takes its stored values; "
            f'or run the study with keep = ["runs"] in its file.'
        )
    return (
        f"The point {point.name} has no run file any more, so it cannot be scored by these "
        f"judgments. Compare without --qrels and --dataset, or leave its sweep out."
    )
