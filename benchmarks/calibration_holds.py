"""Do times that a calibration predicts hold on real collections?

    python -m benchmarks.calibration_holds NAME=DOCUMENTS=QUERIES ...

This machine is calibrated on drawn collections, in a process of its own, as `esplade calibrate`
does it. Real vectors are then indexed at several prunings and searched by every algorithm, and
what was predicted of every point is held against what was measured: the undisturbed time (the least
of all passes, which is what is predicted), and the median pass, which on a busy machine has other
processes' share in it.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks import calibration_page
from benchmarks.material import CACHE, esplade
from benchmarks.measuring import save
from harness.calibration.kept import calibration_of
from harness.calibration.measuring import ALGORITHMS, Point, take_turns, undisturbed
from harness.calibration.model import Calibration, Errors
from harness.lucene.impact_index import ImpactIndex
from harness.pruning import Rule
from harness.quantisation.quantiser import Quantiser
from harness.retrieval.indexing import IndexSettings, index_vectors
from harness.retrieval.searching import PreparedQueries, prepare_queries
from harness.vectors import Vectors, read_vectors

GRID = ((0, 0), (7, 20), (5, 20), (5, 10))
"""Most terms of a query and of a document."""
DEPTHS = (10, 1000)
QUERIES = 150


def main() -> None:
    """Calibrate, search, print and save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("collections", nargs="+", help="NAME=DOCUMENTS=QUERIES")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--searching", type=float, default=40, help="seconds, a collection")
    options = parser.parse_args()
    kept = CACHE / "calibration.json"
    esplade("calibrate", "--seconds", f"{options.seconds:g}", "--out", str(kept))
    made = calibration_of(kept)
    assert made is not None
    facts: dict[str, Any] = {"calibration": made.to_dict(), "collections": {}}
    for given in options.collections:
        name, documents, queries = given.split("=")
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            vectors = read_vectors(Path(documents)), read_vectors(Path(queries))
            labelled = list(_points(*vectors, folder, stack))
            points = [point for _, point in labelled]
            take_turns(points, time.monotonic() + options.searching, lambda steps: None)
            facts["collections"][name] = {
                "documents": len(vectors[0].ids),
                "queries": len(points[0].queries.vectors.ids),
                "algorithms": {a: _held(made, a, labelled) for a in ALGORITHMS},
            }
        print(name, facts["collections"][name], flush=True)
    save("calibration_holds", facts)
    calibration_page.write()


def _points(
    documents: Vectors, queries: Vectors, folder: Path, stack: ExitStack
) -> Iterator[tuple[str, Point]]:
    opened: dict[int, ImpactIndex] = {}
    for qk, dk in GRID:
        if dk not in opened:
            settings = IndexSettings(Rule.top(dk), Quantiser.parse("scale:100"))
            opened[dk] = index_vectors(documents, folder / str(dk), settings)
            stack.callback(opened[dk].close)
        prepared = _some(prepare_queries(queries, opened[dk], Rule.top(qk)))
        for k in DEPTHS:
            yield f"{qk}:{dk}, k={k}", Point(opened[dk], prepared, k, held_out=True)


def _some(prepared: PreparedQueries) -> PreparedQueries:
    """Queries at even distances, and none without a term that the index knows."""
    lengths = np.diff(prepared.matrix.indptr)
    places = np.flatnonzero(lengths)
    rows = places[np.linspace(0, len(places) - 1, min(QUERIES, len(places))).astype(int)]
    all_ = prepared.vectors
    kept = replace(all_, ids=[all_.ids[row] for row in rows.tolist()], matrix=all_.matrix[rows])
    return replace(prepared, vectors=kept, matrix=prepared.matrix[rows])


def _held(
    made: Calibration, algorithm: str, labelled: Sequence[tuple[str, Point]]
) -> dict[str, Any]:
    """Errors of an algorithm's points, by both ways of measuring, and every point."""
    fit = made.algorithms[algorithm]
    rows, each = {}, []
    for label, point in labelled:
        predicted = fit.predict(point.measured(algorithm).counts)
        passes = 1000 * np.concatenate(point.seconds[algorithm])
        alone = undisturbed(passes)
        each.append((predicted, alone))
        means = (predicted, alone, np.median(passes, axis=0))
        rows[label] = [float(f"{values.mean():.4g}") for values in means]
    table = np.array(list(rows.values()))
    queries = [np.concatenate(side) for side in zip(*each, strict=True)]
    return {
        "points": rows,
        "undisturbed": _errors(table[:, 0], table[:, 1]),
        "median_pass": _errors(table[:, 0], table[:, 2]),
        "queries": _errors(*queries),
    }


def _errors(predicted: NDArray[np.float64], measured: NDArray[np.float64]) -> dict[str, float]:
    found = Errors.of(predicted, measured)
    bias = float(np.median(predicted / measured)) - 1
    shown = {"median": found.median, "p90": found.p90, "bias": bias}
    return {name: float(f"{value:.3g}") for name, value in shown.items()}


if __name__ == "__main__":
    main()
