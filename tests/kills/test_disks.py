"""A full disk, one that cannot be written to, a folder that somebody takes away, at any change."""

from __future__ import annotations

import re

import pytest
from commands import CASES, QUICK
from disturbing import FULL, READ_ONLY, VANISH, Workplace, differences
from killing import Trial

POINTS = 12
_WHAT = {"full": FULL, "read-only": READ_ONLY, "vanished": VANISH}

_HIDDEN = re.compile(r"(^|/)\.[^/]*\.(partial-[^:]*|placing): extra$")


def _faults(trial: Trial, mode: int, at: int) -> str:
    """What is wrong with the answer, with what is left, or with the next try."""
    place = trial.place
    place.restore(trial.before)
    ended = place.run(trial.case.command, mode, at)
    where = f"at change {at} ({trial.changes[at]})"
    if mode == VANISH:
        place.restore(trial.before)
    if ended.code == 0:
        # What is only tidied up, or tried, may fail.
        left = differences(place.tree(), trial.wanted) if mode != VANISH else []
        if mode != VANISH and all(_HIDDEN.search(name) for name in left):
            # What cannot be removed there, or made sure of, is done with the next command.
            again = trial.finish() if left else ""
            return f"{where}: exit code 0, then {again}" if again else ""
        return f"{where}: exit code 0, and {', '.join(left[:5])}" if left else ""
    said = ended.err.strip().splitlines()
    errors = [line for line in said if line.startswith("esplade: ")]
    if ended.code not in (1, 2) or len(errors) != 1 or "Traceback" in ended.err:
        return f"{where}: exit code {ended.code}, {ended.err[-600:]!r}"
    if "internal error" in errors[0] or str(place.work) not in errors[0]:
        return f"{where}: {errors[0]!r} is no explanation with a path"
    tree = place.tree()
    lost = [n for n in differences(tree, trial.old) if not n.endswith(": extra")]
    # A journal decides: whoever looks next, reader or writer, goes on or refuses.
    decided = mode == READ_ONLY and any(name.endswith(".placing") for name in tree)
    if lost and not decided and not trial.case.in_place:
        return f"{where}: of the old result there is {', '.join(lost[:5])}"
    again = trial.finish()
    return f"{where}: then {again}" if again else ""


@pytest.mark.long
@pytest.mark.parametrize("what", _WHAT)
@pytest.mark.parametrize("name", CASES)
def test_disks_that_fail(place: Workplace, name: str, what: str) -> None:
    trial = Trial(place, CASES[name])
    chosen = [at for at in trial.points(POINTS, seed=3) if at < len(trial.changes)]
    faults = [fault for at in chosen if (fault := _faults(trial, _WHAT[what], at))]
    assert not faults, "\n".join(faults)


@pytest.mark.slow
def test_a_full_disk_while_vectors_are_written(place: Workplace) -> None:
    trial = Trial(place, QUICK["encode"])
    middle = len(trial.changes) // 2
    assert not _faults(trial, FULL, middle)
