"""Every long command, killed anywhere and started again, comes to the same bytes."""

from __future__ import annotations

import pytest
from commands import CASES, QUICK
from disturbing import Workplace
from killing import Trial

POINTS = 50
DELAYS = 10


@pytest.mark.long
@pytest.mark.parametrize("name", CASES)
def test_the_same_command_comes_to_the_same(place: Workplace, name: str) -> None:
    trial = Trial(place, CASES[name])
    faults = [fault for at in trial.points(POINTS, seed=1) if (fault := trial.killed(at))]
    faults += [f for delay in trial.delays(DELAYS, seed=2) if (f := trial.killed_after(delay))]
    assert not faults, "\n".join(faults)


@pytest.mark.slow
@pytest.mark.parametrize("name", QUICK)
def test_some_commands_at_two_points(place: Workplace, name: str) -> None:
    trial = Trial(place, QUICK[name])
    middle = len(trial.changes) // 2
    last = max(n for n, line in enumerate(trial.changes) if line.startswith("rename"))
    faults = [fault for at in (middle, last) if (fault := trial.killed(at))]
    assert not faults, "\n".join(faults)
