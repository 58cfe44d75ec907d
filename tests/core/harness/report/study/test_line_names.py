"""Names at the ends of lines, which may not lie on each other."""

from __future__ import annotations

import numpy as np
import pytest

from harness.report.study.line_names import spread_out


def test_names_are_moved_apart_as_little_as_it_takes():
    assert spread_out(np.array([0.1, 0.5]), 0.1) == pytest.approx([0.1, 0.5])
    assert spread_out(np.array([0.5, 0.5, 0.5]), 0.1) == pytest.approx([0.4, 0.5, 0.6])
    placed = spread_out(np.array([0.0, 0.01, 0.98, 0.99, 1.0]), 0.1)
    assert placed == pytest.approx([0.0, 0.1, 0.8, 0.9, 1.0])
    assert spread_out(np.array([]), 0.1).size == 0
