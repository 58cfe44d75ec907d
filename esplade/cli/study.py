"""``esplade study``: pre-training grid, fine-tuning, sweep and statistics of a whole study."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from esplade.cli import options

if TYPE_CHECKING:
    from harness.study.config import Study
    from harness.study.plan import Plan


def study(
    file: Annotated[Path, typer.Argument(help="The study: a TOML file.", metavar="STUDY.toml")],
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder to write [runs/local/NAME].")
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(help="Only these: RUN/CELL, * for any, such as 1/*. Repeatable."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what is done and left, and do nothing.")
    ] = False,
    calibrate: Annotated[
        bool, typer.Option(help="Measure a few steps where --dry-run knows no speed.")
    ] = True,
    threads: Annotated[
        int, typer.Option(min=0, help="CPU threads of trainings; 0 lets torch choose.")
    ] = 0,
    as_json: options.AsJson = False,
) -> None:
    """Run a pre-training study: grid, fine-tuning, encoding, sweep, statistics, results.

    Started again, it goes on where it was, and a changed setting repeats only what depends on it.
    Several processes may work on one folder. The results are in OUT/results.
    """
    from esplade.cli.studying import KINDS
    from ground.artifacts import check_folder
    from harness.study.config import read_study
    from harness.study.inputs import check_evaluation

    read = read_study(file, KINDS)
    check_evaluation(read, file.name)
    folder = out or Path("runs") / "local" / read.name
    if not dry_run:
        check_folder(folder)
    if dry_run:
        _show_plan(read, file.name, folder, only or [], calibrate, threads, as_json)
    else:
        _run(read, file.name, folder, only or [], threads, as_json)


def _run(read: Study, where: str, out: Path, only: list[str], threads: int, as_json: bool) -> None:
    from esplade.cli.console import answer, say
    from esplade.cli.studying import TorchEncoders
    from ground.errors import IntegrityError
    from harness.report.study import write_study_report
    from harness.study.building import Builder
    from harness.study.controls import refused
    from harness.study.inputs import read_inputs
    from harness.study.plan import Plan
    from harness.study.results import write_results
    from harness.study.run import Runner, claim, select
    from harness.study.stages import file_lock

    plan = Plan(read, read_inputs(read, where), out)
    units = select(plan.units, only)
    with ExitStack() as stack:
        claim(plan, stack)
        builder = Builder(plan, TorchEncoders(threads), say)

        def publish() -> dict[str, Any]:
            with file_lock(out / ".results.lock"):
                return write_results(plan, builder.dataset, out / "results")

        outcome = Runner(plan, builder, say, publish).run(units)
        found = publish()
        with file_lock(out / ".results.lock"):
            write_study_report(out)
    _tell(found, out)
    if as_json:
        chosen = ("name", "complete", "cells_done", "cells_planned", "impossible", "controls")
        summary = {name: found[name] for name in chosen}
        answer({**summary, "failed": outcome.failed, "results": str(out / "results")})
    if differing := refused(found["controls"]):
        raise IntegrityError(
            f"The cells of this study were not fine-tuned alike, so they cannot be compared: "
            f"{differing}. Remove the folders of those trainings and run the study again."
        )
    if outcome.failed:
        names = ", ".join(outcome.failed)
        raise IntegrityError(f"{len(outcome.failed)} trainings failed ({names}); see above.")


def _tell(found: dict[str, Any], out: Path) -> None:
    from esplade.cli.console import say

    for control in found["controls"]:
        say(f"{'holds' if control['holds'] else 'FAILS'}  {control['name']}: {control['detail']}")
    for cell, reason in found["impossible"].items():
        say(f"impossible: {cell}: {reason}")
    state = "complete" if found["complete"] else "not complete"
    say(f"{found['cells_done']} of {found['cells_planned']} cells and seeds done: {state}.")
    say(f"Results: {out / 'results'}")


def _show_plan(
    read: Study,
    where: str,
    out: Path,
    only: list[str],
    calibrate: bool,
    threads: int,
    as_json: bool,
) -> None:
    from esplade.cli.console import answer
    from esplade.cli.planning import measuring, plan_facts, print_plan
    from harness.study.inputs import find_inputs
    from harness.study.plan import Plan
    from harness.study.run import select

    inputs, missing = find_inputs(read, where)
    plan: Plan = Plan(read, inputs, out)
    units = select(plan.units, only)
    facts = plan_facts(plan, units, missing, measuring(calibrate, threads))
    if as_json:
        answer(facts)
    else:
        print_plan(facts)
