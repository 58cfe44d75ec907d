"""Times that are known are found again."""

from __future__ import annotations

import numpy as np
import pytest

from harness.calibration.fitting import Measured, fit_times, solve
from harness.calibration.model import CONSTANT
from harness.evaluation.work import COUNTS

TRUE = {
    **{CONSTANT: 0.004, "terms": 0.001, "postings": 1e-5},
    **{"blocks": 0.0, "documents": 2e-5, "scanned": 0.0, "results": 0.0, "heap": 5e-5},
}


def point(seed: int, queries: int = 40) -> Measured:
    scale = np.array([10, 5000, 50, 3000, 9000, 100, 200])
    counts = scale * np.random.default_rng(seed).random((queries, len(COUNTS)))
    times = TRUE[CONSTANT] + counts @ np.array([TRUE[name] for name in COUNTS])
    return Measured(counts, times, np.arange(queries) % 2)


def test_exact_times_are_found_exactly() -> None:
    one = point(1)
    found = solve(one.counts, one.milliseconds)
    assert found == pytest.approx([TRUE[CONSTANT], *(TRUE[name] for name in COUNTS)], abs=1e-9)


def test_none_is_negative() -> None:
    one = point(2)
    assert (solve(one.counts, 1.0 / (1.0 + one.counts[:, 1])) >= 0).all()


def test_a_count_that_never_occurs_takes_nothing() -> None:
    one = point(3)
    one.counts[:, COUNTS.index("blocks")] = 0
    assert solve(one.counts, one.milliseconds)[1 + COUNTS.index("blocks")] == 0


def test_errors_are_those_of_what_was_held_out() -> None:
    twice = point(5)
    fit = fit_times([point(4)], [Measured(twice.counts, 2 * twice.milliseconds, twice.lengths)])
    # Predicted is half of what is measured there.
    assert fit.of_points.median == pytest.approx(0.5)
    assert fit.of_queries.p90 == pytest.approx(0.5)
    # Two lengths, 40 queries.
    assert (fit.of_points.measurements, fit.of_queries.measurements) == (2, 40)
