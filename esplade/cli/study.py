"""``esplade study``: pre-training grid, fine-tuning, sweep and statistics of a whole study."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from esplade.cli import options


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
    device: options.Device = "auto",
    as_json: options.AsJson = False,
) -> None:
    """Run a pre-training study: grid, fine-tuning, encoding, sweep, statistics, results.

    Started again, it goes on where it was, and a changed setting repeats only what depends on it.
    Several processes may work on one folder. The results are in OUT/results.
    """
    import esplade
    from esplade.cli.console import answer
    from esplade.cli.dry import show_plan
    from esplade.studies.planning import print_plan
    from ground.dry import dry_run as dry

    chosen = esplade.Study(file, out)
    if dry_run:
        with dry() as nothing_written:
            facts = chosen.plan(only or (), calibrate=calibrate, threads=threads, device=device)
        if nothing_written.unknown:
            show_plan(nothing_written, as_json)
            return
        if as_json:
            answer(facts)
        else:
            print_plan(facts)
        return
    found = chosen.run(only or (), threads=threads, device=device)
    _tell(found, chosen.out)
    if as_json:
        names = (
            *("name", "complete", "cells_done", "cells_planned", "impossible", "controls"),
            "failed",
        )
        answer({**{name: found[name] for name in names}, "results": str(chosen.results)})
    chosen.check(found)


def _tell(found: dict[str, Any], out: Path) -> None:
    from esplade.progress import say

    for control in found["controls"]:
        say(f"{'holds' if control['holds'] else 'FAILS'}  {control['name']}: {control['detail']}")
    for cell, reason in found["impossible"].items():
        say(f"impossible: {cell}: {reason}")
    state = "complete" if found["complete"] else "not complete"
    say(f"{found['cells_done']} of {found['cells_planned']} cells and seeds done: {state}.")
    say(f"Results: {out / 'results'}")
