"""Effectiveness of a run, per query and aggregated, by ir_measures and safe against ties."""

from __future__ import annotations

from harness.evaluation.coverage import Coverage, coverage
from harness.evaluation.depth import check_depth
from harness.evaluation.grades import check_grades
from harness.evaluation.names import is_effectiveness, measure_names, parse_measures, split_measures
from harness.evaluation.scoring import (
    DEFAULT_MEASURES,
    aggregate,
    evaluate,
    evaluate_file,
    read_and_evaluate,
)

__all__ = [
    "DEFAULT_MEASURES",
    "Coverage",
    "aggregate",
    "check_depth",
    "check_grades",
    "coverage",
    "evaluate",
    "evaluate_file",
    "is_effectiveness",
    "measure_names",
    "parse_measures",
    "read_and_evaluate",
    "split_measures",
]
