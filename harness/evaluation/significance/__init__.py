"""Is a difference between two systems more than chance? Paired tests over the same queries.

Tests, corrections for their number, intervals, equivalence within a margin, and power.
"""

from __future__ import annotations

from harness.evaluation.significance.comparing import Comparison, compare, compare_all
from harness.evaluation.significance.corrections import CORRECTIONS, holm
from harness.evaluation.significance.settings import ALPHA, TESTS, Settings
from harness.evaluation.significance.tests import RESAMPLES, permutation_test

__all__ = [
    "ALPHA",
    "CORRECTIONS",
    "RESAMPLES",
    "TESTS",
    "Comparison",
    "Settings",
    "compare",
    "compare_all",
    "holm",
    "permutation_test",
]
