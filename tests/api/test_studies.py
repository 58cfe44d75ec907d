"""Published results of studies, read from Python."""

from __future__ import annotations

from pathlib import Path

import pytest

import esplade
from esplade.studies import join_studies, read_verdicts, report_study
from harness.study.verdicts.settings import Settings

RUNS = Path(__file__).parents[2] / "runs"


def test_a_study_is_planned_and_nothing_is_done(tmp_path: Path) -> None:
    study = esplade.Study(RUNS / "pydoc-smoke.toml", tmp_path / "study")
    facts = study.plan(calibrate=False)
    assert facts["cells"] and facts["seeds"] >= 1
    assert not (tmp_path / "study").exists()


@pytest.mark.slow
def test_verdicts_and_a_report_of_published_results(tmp_path: Path) -> None:
    results = RUNS / "studies" / "results" / "cppdocs"
    if not results.exists():
        results = next((RUNS / "studies").rglob("study.json")).parent
    settings = Settings(resamples=100)
    verdicts = read_verdicts(results, settings)
    assert len(verdicts) > 3
    assert (report_study(results, tmp_path / "report", settings) / "report.html").is_file()


def test_one_folder_is_no_join(tmp_path: Path) -> None:
    with pytest.raises(esplade.InputError, match="two folders"):
        join_studies([tmp_path], tmp_path / "out")
