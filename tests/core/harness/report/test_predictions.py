"""Predicted times in tables: of whose machine, how far off, and never without saying so."""

from __future__ import annotations

from harness.calibration.model import CONSTANT, Calibration, Errors, Fit
from harness.evaluation.work import COUNTS
from harness.report.comparison import build_table
from harness.report.points import Point
from harness.report.predictions import with_predictions
from harness.runs.perquery import make_values

FIT = Fit(
    {CONSTANT: 1.0, **dict.fromkeys(COUNTS, 0.0), "postings": 0.5},
    Errors(0.12, 0.34, 3),
    Errors(0.2, 0.5, 60),
    dict.fromkeys(COUNTS, 6.0),
)
MACHINE = {"processor": "Z80", "cores": 1, "java": "21"}
MADE = Calibration(MACHINE, "2026-01-02T03:04:05+00:00", 60.0, 60_000, 1.0, {"maxscore": FIT})


def point(name: str, postings: float | None, measured: float | None = None) -> Point:
    work = (
        {} if postings is None else {"work": {**dict.fromkeys(COUNTS, 1.0), "postings": postings}}
    )
    timed = {} if measured is None else {"latency_mean_ms": measured}
    facts = {"priced_algorithm": "maxscore", **work, **timed}
    return Point(name, name, make_values(["q1"], {"RR@10": [1.0]}), facts=facts)


def test_predicted_stand_beside_measured() -> None:
    points = with_predictions([point("one", 4.0, 3.3), point("bm25", None, 2.0)], MADE)
    table = build_table(points, ["RR@10"])
    rows = [(r.values["latency_mean_ms"], r.values["predicted_ms"]) for r in table.rows]
    # 1 + 4 x 0.5
    assert rows == [(3.3, 3.0), (2.0, None)]
    assert table.columns[-1].key == "predicted_ms"
    said = " ".join(table.notes)
    assert "Z80, 1 cores, Java 21, calibrated 2026-01-02" in said
    assert "median 12%, 90th percentile 34%" in said
    assert "beyond" not in said


def test_what_was_never_timed_is_predicted_alone() -> None:
    table = build_table(with_predictions([point("one", 4.0)], MADE), ["RR@10"])
    assert [column.key for column in table.columns] == ["system", "RR@10", "predicted_ms"]


def test_points_beyond_what_was_calibrated_are_named() -> None:
    points = with_predictions([point("small", 4.0), point("large", 7.0)], MADE)
    notes = build_table(points, ["RR@10"]).notes
    assert "Predicted beyond the counts that were calibrated: large." in notes


def test_without_a_calibration_there_is_no_column() -> None:
    table = build_table(with_predictions([point("one", 4.0, 3.3)], None), ["RR@10"])
    assert "predicted_ms" not in [column.key for column in table.columns]
    assert not any("Predicted" in note for note in table.notes)
