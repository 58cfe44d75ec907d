"""A study that is made up, with its report."""

from __future__ import annotations

from pathlib import Path

import pytest
from reported import QUICK, rate
from synthetic_study import indep_high, write_study

from harness.report.study import write_study_report
from harness.report.study.judged import Judged


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Judged]:
    out = tmp_path_factory.mktemp("study")
    write_study(
        out, queries=60, query_noise=0.03, effect=indep_high(0.05), cost=indep_high(0.3),
        accuracy=indep_high(-0.03), spread=rate, longer=3000,
    )  # fmt: skip
    return out, write_study_report(out, settings=QUICK)
