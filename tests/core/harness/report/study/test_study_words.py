"""Words and numbers of a study's report, by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from reported import judged
from synthetic_study import indep_high

from harness.report.study.judged import Judged
from harness.report.study.lists import short_number
from harness.report.study.setting import caveat_section
from harness.report.study.side_by_side import agreement, numbers_table, outcome_table
from harness.report.study.tables import plus_minus
from harness.report.study.words import p_text
from harness.study.verdicts.rules import CONTRADICTED, NOT_TESTED, SUPPORTED, UNDECIDED

# Drawing one whole report takes seconds.
pytestmark = pytest.mark.slow


def test_models_below_bm25_are_said_to_be_weak(tmp_path: Path) -> None:
    study = judged(tmp_path, queries=40, seeds=(1,), query_noise=0.01, effect=lambda *levels: -0.3)
    assert "8 of 8 cells are below BM25" in str(caveat_section(study.evidence))


def test_agreement() -> None:
    assert agreement([SUPPORTED, SUPPORTED, UNDECIDED]) == "agree"
    assert agreement([SUPPORTED, CONTRADICTED]) == "conflict"
    assert agreement([SUPPORTED, NOT_TESTED]) == "one decides"
    assert agreement([UNDECIDED, UNDECIDED]) == "open"


def test_studies_side_by_side(finished: tuple[Path, Judged], tmp_path: Path) -> None:
    other = judged(tmp_path, name="other", queries=60, query_noise=0.03, effect=indep_high(-0.05))
    table = outcome_table([finished[1], other])
    assert [column.label for column in table.columns][2:] == ["synthetic", "other", "agree?"]
    assert table.rows[0].values["agree"] == "conflict"
    numbers = numbers_table([finished[1], other])
    assert str(numbers.rows[0].values["study:other"]).startswith(CONTRADICTED)


def test_numbers_as_people_read_them() -> None:
    assert plus_minus([0.3, 0.4], 2) == "0.35 ± 0.07"
    assert plus_minus([1234.5], 0) == "1,234" and plus_minus([], 2) == "–"
    assert p_text(0.0004) == "<0.001" and p_text(0.0123) == "0.012"
    assert [short_number(x) for x in (12, 4_500, 2_300_000, 0)] == ["12", "4.5k", "2.3M", "0"]
