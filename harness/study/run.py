"""Running a study: every stage once, by as many processes as are started on its folder."""

from __future__ import annotations

import csv
import fnmatch
import shutil
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from ground.artifacts import atomic_text, clear, digest, write_json
from ground.errors import InputError
from harness.study.building import Builder, Say
from harness.study.encoder import TrainingFailed
from harness.study.plan import Plan, Unit
from harness.study.records import read_json
from harness.study.stages import WEIGHTS, Busy, Stage, file_lock

_WAIT = 2.0
"""Seconds between two looks at what other processes are doing."""
_TARGETS = ("corpus", "emlm", "statistics", "finetune", "sweep")


@dataclass
class Outcome:
    """What running a study came to: reasons, by the names of units."""

    failed: dict[str, str] = field(default_factory=dict)


def select(units: Sequence[Unit], only: Sequence[str]) -> list[Unit]:
    """The units whose names (``RUN/CELL``) match a pattern, with those that they go on from.

    Args:
        units: of a plan.
        only: patterns, such as ``1/*`` or ``*/indep-*``; none for all units.

    Raises:
        InputError: a pattern matches none.
    """
    chosen: set[str] = set()
    for pattern in only:
        found = fnmatch.filter((unit.name for unit in units), pattern)
        if not found:
            raise InputError(
                f"--only {pattern}: no cell is called so. Give RUN/CELL, with * for any, such as "
                f"1/* or {units[0].name}."
            )
        chosen |= set(found)
    return [unit for unit in units if unit.name in chosen] if only else list(units)


class Runner:
    """Does the stages of some units.

    Args:
        plan: of the study.
        builder: does one stage.
        say: told about every stage.
        publish: called when a cell has been finished.
    """

    def __init__(
        self, plan: Plan, builder: Builder, say: Say, publish: Callable[[], object] | None = None
    ) -> None:
        self.plan, self.builder, self.say, self.publish = plan, builder, say, publish
        self._told: set[str] = set()

    def run(self, units: Sequence[Unit]) -> Outcome:
        """Do everything that the units need and that is not done yet.

        A cell that cannot be trained is left out, and the others go on.
        """
        outcome = Outcome()
        waiting: list[Unit | None] = [None, *units]
        while waiting:
            put_off = [unit for unit in waiting if not self._try(unit, outcome)]
            if put_off == waiting:
                self._tell("waiting", "another process is at work on what comes next; waiting.")
                time.sleep(_WAIT)
            waiting = put_off
        return outcome

    def _try(self, unit: Unit | None, outcome: Outcome) -> bool:
        """Finish a unit (or BM25, for None); False if another process is at it."""
        try:
            self._finish(unit)
        except Busy:
            return False
        except TrainingFailed as error:
            assert unit is not None
            outcome.failed[unit.name] = str(error)
            self.say(f"{unit.name}: FAILED. {error}")
        return True

    def _finish(self, unit: Unit | None) -> None:
        if unit is None:
            self._ensure(self.plan.bm25)
            return
        before = unit.done
        for kind in _TARGETS:
            self._ensure(unit.stages[kind], weights=False)
            if reason := unit.impossible():
                self._tell(unit.cell.name, f"{unit.cell.name}: impossible: {reason}.")
                return
        self.tidy()
        if self.publish and not before:
            self.publish()

    def _ensure(self, stage: Stage, weights: bool = True) -> None:
        if stage.ready or (stage.done and not weights):
            return
        for need in stage.needs.values():
            self._ensure(need)
        with stage.locked():
            if stage.ready or (stage.done and not weights):
                return
            self.say(f"{stage.kind} {stage.label} ...")
            began = time.monotonic()
            self.builder.build(stage)
            self.say(f"{stage.kind} {stage.label}: done in {time.monotonic() - began:.1f} s")

    def tidy(self) -> None:
        """Remove what killed processes left, and weights that nothing needs, unless kept."""
        for stage in self.plan.stages():
            if stage.done:
                clear(stage.folder)
        if "weights" in self.plan.study.keep:
            return
        impossible = {id(s) for u in self.plan.units if u.impossible() for s in u.stages.values()}
        for stage in self.plan.stages():
            files = stage.weights()
            later = self.plan.dependents(stage)
            if not files or not stage.done:
                continue
            if all(s.done or id(s) in impossible for s in later):
                for file in files:
                    file.unlink(missing_ok=True)

    def _tell(self, about: str, message: str) -> None:
        if about not in self._told:
            self._told.add(about)
            self.say(message)


def claim(plan: Plan, stack: ExitStack) -> None:
    """Enter a study's folder, among any processes that run the very same study.

    Raises:
        InputError: the folder holds something else, or a process runs a study with other
            settings on it.
    """
    out = plan.root
    file = out / "study.json"
    # In this order: another process may be writing the file.
    if out.exists() and not (_is_free(out) or file.is_file()):
        raise InputError(f"{out} holds files that are not a study's. Choose another --out.")
    out.mkdir(parents=True, exist_ok=True)
    mine = {"name": plan.study.name, "key": digest([plan.study.to_dict(), plan.inputs.dataset])}
    lock = out / ".study.lock"
    try:
        with file_lock(lock, wait=False):
            write_json(file, {**mine, "config": plan.study.to_dict()})
            _list_stages(plan, out)
            _clear_stale(plan, out)
    except Busy:
        pass
    stack.enter_context(file_lock(lock, shared=True))
    found = read_json(file)
    if {name: found.get(name) for name in mine} != mine:
        raise InputError(
            f"A process is running the study {found.get('name')!r} with other settings in {out}. "
            f"Wait until it has ended, or choose another --out."
        )


def _is_free(out: Path) -> bool:
    """Whether nothing but hidden files is in a folder: another process may be entering it."""
    return out.is_dir() and all(entry.name.startswith(".") for entry in out.iterdir())


def _list_stages(plan: Plan, out: Path) -> None:
    """Say in ``stages.csv`` what is in which folder: their names are digests."""
    with atomic_text(out / "stages.csv") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("stage", "of", "folder"))
        for stage in plan.stages():
            writer.writerow((stage.kind, stage.label, stage.folder.relative_to(out)))


def _clear_stale(plan: Plan, out: Path) -> None:
    """Remove what is large of stages that the study no longer has: half-done ones, and weights.

    Nobody is at work on them, since whoever is runs this very study.
    """
    known = {stage.folder for stage in plan.stages()}
    for partial in out.glob("stages/*/.*.partial-*"):
        if partial.with_name(partial.name[1:].partition(".")[0]) not in known:
            shutil.rmtree(partial, ignore_errors=True)
    if "weights" not in plan.study.keep:
        # Not those of hidden folders: a killed stage goes on from what is there.
        for file in out.glob(f"stages/*/[!.]*/{WEIGHTS}"):
            if file.parents[1] not in known:
                file.unlink(missing_ok=True)
