"""Calibrating this machine."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from harness.calibration.fitting import Measured, fit_times
from harness.calibration.kept import identity
from harness.calibration.measuring import ALGORITHMS, Point, take_turns
from harness.calibration.model import Calibration, Fit
from harness.calibration.points import COLLECTIONS, DEPTHS, build, queries_of_all_kinds
from harness.lucene.jvm import start
from harness.retrieval.searching import prepare_queries

FULL = 60.0
"""Seconds of a calibration with collections of full size."""
_SEARCHING = 0.6
"""Share of the time after which the searches end; what they read has still to be counted."""


def calibrate_machine(
    seconds: float = FULL, tell: Callable[[int], None] = lambda steps: None
) -> Calibration:
    """Time searches of drawn collections, and find what each count of their work takes.

    Args:
        seconds: about how long; with less than 60 the collections are smaller in proportion.
        tell: called with the number of steps done since the last call.
    """
    began = time.monotonic()
    # Starting Java is no part of what is asked for, nor would it shrink with the collections.
    start()
    machine = identity()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="esplade-")))
        points = _points(folder, min(1.0, seconds / FULL), stack, tell)
        take_turns(points, began + _SEARCHING * seconds, tell)
        fits = {}
        for algorithm in ALGORITHMS:
            fits[algorithm] = _fitted(points, algorithm)
            tell(1)
        documents = max(point.index.num_docs for point in points)
        busy = median(point.busy(algorithm) for point in points for algorithm in ALGORITHMS)
    created = datetime.now(UTC).isoformat(timespec="seconds")
    took = round(time.monotonic() - began, 1)
    return Calibration(machine, created, took, documents, round(busy, 2), fits)


def _points(
    folder: Path, scale: float, stack: ExitStack, tell: Callable[[int], None]
) -> list[Point]:
    points = []
    for seed, collection in enumerate(COLLECTIONS):
        index = build(collection, scale, seed, folder / str(seed))
        stack.callback(index.close)
        # Other queries on every collection, and none of those that are fitted on the one held out.
        prepared = prepare_queries(queries_of_all_kinds(scale, 1000 * (seed + 1)), index)
        points += [Point(index, prepared, k, collection.held_out) for k in DEPTHS]
        tell(1)
    return points


def _fitted(points: list[Point], algorithm: str) -> Fit:
    sides: dict[bool, list[Measured]] = {False: [], True: []}
    for point in points:
        sides[point.held_out].append(point.measured(algorithm))
    return fit_times(sides[False], sides[True])
