"""A command that is killed and started again, and what then is not as it would have been."""

from __future__ import annotations

import shutil
import signal
from pathlib import Path

import numpy as np
from commands import Case, make_inputs, points
from disturbing import KILL, Tree, Workplace, differences, state

DEAD = (-signal.SIGKILL, -signal.SIGALRM)
_HOW_OFTEN = "Add --overwrite"
"""What a command says that had finished before it was killed."""


class Trial:
    """A command, where it starts from, and what it comes to when nothing disturbs it."""

    def __init__(self, place: Workplace, case: Case) -> None:
        self.place, self.case = place, case
        make_inputs(place, (*case.command, *case.before))
        self.before: Path | None = None
        place.restore()
        if case.before:
            ended = place.run(case.before)
            assert ended.code == 0, ended.err
            self.before = place.root / "before"
            shutil.rmtree(self.before, ignore_errors=True)
            shutil.copytree(place.work, self.before)
        self.old: Tree = place.tree()
        self.ended, self.changes = place.changes(case.command)
        assert self.ended.code == 0, self.ended.err
        self.wanted: Tree = place.tree()
        self._known: dict[str, str] = {}

    def points(self, most: int, seed: int) -> list[int]:
        """Changes to be killed at."""
        return points(self.changes, most, seed)

    def delays(self, count: int, seed: int) -> list[float]:
        """Seconds to be killed after, wherever the process is then: in Java, too."""
        rng = np.random.default_rng(seed)
        return rng.uniform(0.0, self.ended.seconds, count).tolist()

    def killed(self, at: int) -> str:
        """Kill at a change, start again, and say what is not as it should be."""
        self.place.restore(self.before)
        ended = self.place.run(self.case.command, KILL, at)
        if at < len(self.changes) and ended.code not in DEAD:
            # Threads and clocks may change their number a little.
            assert at > len(self.changes) - 10, f"was not killed at change {at}: {ended}"
        what = self.changes[at] if at < len(self.changes) else "the end"
        return self._again(f"killed at change {at} ({what})")

    def killed_after(self, delay: float) -> str:
        """The same, by a clock."""
        self.place.restore(self.before)
        self.place.run(self.case.command, delay=delay)
        return self._again(f"killed after {delay:.3f} s")

    def _again(self, how: str) -> str:
        left = state(self.place.tree())
        if left not in self._known:
            self._known[left] = self.finish()
        return f"{how}: {self._known[left]}" if self._known[left] else ""

    def finish(self) -> str:
        """Give the same command again, and say what is not as it would have been."""
        complete = not differences(self.place.tree(), self.wanted)
        ended = self.place.run(self.case.command)
        differing = differences(self.place.tree(), self.wanted)
        refused = ended.code == 2 and _HOW_OFTEN in ended.err
        # A process that died when its result was in its place has done its work: that the result
        # is there already is the right answer, and it must be whole.
        if not differing and (ended.code == 0 or refused or complete):
            return ""
        return f"exit code {ended.code}, {ended.err.strip()!r}, {', '.join(differing[:8])}"
