"""Predicted times of points: of whose machine, how far off, and where they reach too far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from harness.report.points import Point

if TYPE_CHECKING:
    from harness.calibration.model import Calibration

PREDICTED = "predicted_ms"
"""Column of mean times that were predicted."""


def with_predictions(points: Sequence[Point], calibration: Calibration | None) -> list[Point]:
    """Points with the mean times that a calibration predicts, where their counts are known."""
    return list(points) if calibration is None else [_one(p, calibration) for p in points]


def prediction_notes(points: Sequence[Point]) -> list[str]:
    """Whose times are predicted, of when, and the error; points beyond what was calibrated."""
    sentences: dict[str, None] = {}
    beyond = []
    for point in points:
        if found := point.facts.get("predicted"):
            sentences[
                f"Predicted ms: mean of {found['algorithm']}, undisturbed, from counts of work, on "
                f"{found['named']}; its error on a collection that was held out: median "
                f"{found['error_median']:.0%}, 90th percentile {found['error_p90']:.0%}."
            ] = None
            if found["beyond"]:
                beyond.append(point.name)
    reach = f"Predicted beyond the counts that were calibrated: {', '.join(beyond)}."
    return [*sentences, *([reach] if beyond else [])]


def _one(point: Point, calibration: Calibration) -> Point:
    found = calibration.predicted(point.facts)
    if found is None:
        return point
    told = {"predicted": {**found, "named": calibration.named()}, PREDICTED: found["mean_ms"]}
    return replace(point, facts={**point.facts, **told})
