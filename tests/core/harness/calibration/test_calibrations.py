"""A calibration predicts by its numbers, is read back as it was, and is of one machine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ground.errors import InputError
from harness.calibration.kept import (
    _known,
    calibration_of,
    own_calibration,
    own_path,
    write_calibration,
)
from harness.calibration.model import CONSTANT, Calibration, Errors, Fit
from harness.evaluation.work import COUNTS

WORK = {
    "terms": 4,
    "postings": 100,
    "blocks": 2,
    "documents": 80,
    "scanned": 90,
    "results": 10,
    "heap": 0,
}


def made(**machine: Any) -> Calibration:
    milliseconds = {CONSTANT: 1.0, **dict.fromkeys(COUNTS, 0.0), "terms": 0.5, "postings": 0.01}
    largest = {**dict.fromkeys(COUNTS, 1000.0), "documents": 50.0}
    fit = Fit(milliseconds, Errors(0.1, 0.3, 3), Errors(0.2, 0.5, 60), largest)
    known = {**_known(), "java": "21", "lucene": "9.9.1", **machine}
    return Calibration(known, "2026-01-02T03:04:05+00:00", 61.0, 60_000, 1.1, {"maxscore": fit})


def test_errors_are_relative() -> None:
    # |1.1 / 1 - 1|, |1 / 2 - 1|, |3 / 3 - 1|
    found = Errors.of([1.1, 1.0, 3.0], [1.0, 2.0, 3.0])
    assert (found.median, found.measurements) == (pytest.approx(0.1), 3)
    assert found.p90 == pytest.approx(0.42)


def test_a_mean_is_predicted_from_mean_counts() -> None:
    found = made().predicted({"priced_algorithm": "maxscore", "work": WORK})
    assert found is not None
    # 1 + 4 x 0.5 + 100 x 0.01
    assert found["mean_ms"] == pytest.approx(4.0)
    assert (found["error_median"], found["error_p90"]) == (0.1, 0.3)
    assert found["beyond"] == ["documents"]


@pytest.mark.parametrize(
    "facts",
    [
        {"priced_algorithm": "saat", "work": WORK},
        {"priced_algorithm": "maxscore"},
        {"priced_algorithm": "maxscore", "work": {"terms": 4}},
        {"priced_algorithm": "lucene"},
    ],
)
def test_nothing_is_predicted_of_what_is_not_known(facts: dict[str, Any]) -> None:
    assert made().predicted(facts) is None


def test_it_is_read_back_as_it_was(tmp_path: Path) -> None:
    write_calibration(tmp_path / "one.json", made())
    assert calibration_of(tmp_path / "one.json") == made()


def test_this_machines_own_is_found() -> None:
    assert own_calibration() is None
    write_calibration(own_path(), made())
    assert own_calibration() == made() == calibration_of(None)


def test_one_of_another_kernel_is_not_this_machines() -> None:
    write_calibration(own_path(), made(kernel="other"))
    assert own_calibration() is None


def test_another_machine_is_predicted_when_it_is_named(tmp_path: Path) -> None:
    write_calibration(tmp_path / "other.json", made(processor="Z80", cores=1))
    found = calibration_of(tmp_path / "other.json")
    assert found is not None
    assert found.named() == "Z80, 1 cores, Java 21, calibrated 2026-01-02"


def test_one_of_another_kernel_is_refused(tmp_path: Path) -> None:
    write_calibration(tmp_path / "old.json", made(kernel="0123"))
    with pytest.raises(InputError, match=r"old\.json was calibrated with .*kernel 0123.*again"):
        calibration_of(tmp_path / "old.json")


def changed(**changes: Any) -> dict[str, Any]:
    return {**json.loads(json.dumps(made().to_dict())), **changes}


@pytest.mark.parametrize(
    "value",
    [
        changed(kind="index"),
        changed(schema=2),
        changed(machine={}),
        changed(algorithms=[]),
        changed(algorithms={"saat": {}}),
        changed(seconds="long"),
    ],
)
def test_what_is_no_calibration_is_refused(value: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "file.json"
    file.write_text(json.dumps(value))
    with pytest.raises(InputError, match=r"file\.json is no calibration.*esplade calibrate"):
        calibration_of(file)
