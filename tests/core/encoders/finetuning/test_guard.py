from __future__ import annotations

import logging

import pytest

from encoders.finetuning.guard import CollapseGuard
from ground.errors import TrainingStopped


def _watch(guard: CollapseGuard, terms: list[float]) -> list[str]:
    found = []
    for step, value in enumerate(terms):
        found += guard.observe(step, value, 50.0)
    return found


def test_a_fall_to_nothing_is_announced(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        (warning,) = _watch(CollapseGuard(2), [8, 8, 4, 4])
    # Halving every 2 steps, 4 terms are 0.05 after log2(80) = 6.3 windows: 12 or 13 steps.
    assert "queries had 4.0 terms on average up to step 3, after 8.0" in warning
    assert "about step 16" in warning and "--joint-flops" in warning
    assert caplog.messages == [warning]


@pytest.mark.parametrize("terms", [[400, 400, 40, 40], [3, 3, 2.9, 2.9], [2, 2, 5, 5], [1, 1]])
def test_many_or_steady_terms_are_no_collapse(terms: list[float]) -> None:
    assert _watch(CollapseGuard(2), terms) == []


def test_nothing_left_stops() -> None:
    with pytest.raises(TrainingStopped, match="weights of the documents became 0 at step 7.*--lr"):
        CollapseGuard(2).observe(7, 3.0, 0.0)
