"""``esplade study-report``: tables, figures and verdicts of pre-training studies."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from esplade.cli import options

if TYPE_CHECKING:
    from harness.study.verdicts.settings import Settings


def study_report(
    studies: Annotated[
        list[Path],
        typer.Argument(
            help="What `esplade study --out` wrote, or its results folder; several for a table "
            "of verdicts side by side.",
            metavar="RESULTS_OR_OUT...",
        ),
    ],
    only: Annotated[
        str | None,
        typer.Option(
            help="One part: verdicts, setting, figure1, cells, factors, emlm, appendix-e or "
            "appendix-h."
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder to write [report, beside the results].")
    ] = None,
    margin: Annotated[
        float, typer.Option(help="A difference of effectiveness that does not matter.")
    ] = 0.01,
    relative_margin: Annotated[
        float, typer.Option(help="The same as a share of the level; the smaller of both counts.")
    ] = 0.05,
    resamples: Annotated[
        int, typer.Option(min=1, help="Bootstrap resamples of every interval.")
    ] = 2_000,
    seed: Annotated[int, typer.Option(min=0, help="Decides the resamples.")] = 0,
    as_json: options.AsJson = False,
) -> None:
    """Report on a pre-training study: figures, tables of all cells, and verdicts on its claims.

    Everything is computed from the results folder, also while the study still runs: what is not
    there yet is said to be missing.
    """
    from ground.artifacts import check_folder
    from ground.errors import InputError
    from harness.study.verdicts.settings import Settings

    if out is not None:
        check_folder(out)
    settings = Settings(
        margin=margin, relative_margin=relative_margin, resamples=resamples, seed=seed
    )
    if len(studies) > 1:
        if only is not None:
            raise InputError("--only is for one study. Give one folder, or leave --only out.")
        if out is None:
            raise InputError("Several studies need a folder for their reports: add --out DIR.")
        _several(studies, out, settings, as_json)
    elif only is not None:
        _part(studies[0], only, out, settings, as_json)
    else:
        _whole(studies[0], out, settings, as_json)


def _whole(study: Path, out: Path | None, settings: Settings, as_json: bool) -> None:
    from harness.report.study import write_study_report
    from harness.report.study.words import verdict_table
    from harness.report.study.writing import default_folder, summary

    judged = write_study_report(study, out, settings)
    _say_where(out or default_folder(judged), "report.html")
    _show(summary(judged) if as_json else verdict_table(judged.verdicts, "Verdicts"))


def _part(study: Path, only: str, out: Path | None, settings: Settings, as_json: bool) -> None:
    from harness.report.renderings import as_dict
    from harness.report.study.judged import Judged
    from harness.report.study.writing import default_folder, write_one_section
    from harness.report.tables import Table
    from harness.study.verdicts.results import read_results

    judged = Judged(read_results(study), settings)
    folder = out or default_folder(judged)
    section = write_one_section(judged, only, folder)
    _say_where(folder, *(f"{picture.stem}.png" for picture in section.pictures), *section.tables)
    if as_json:
        _show({"part": only, "tables": {k: as_dict(t) for k, t in section.tables.items()}})
        return
    for block in section.blocks:
        if isinstance(block, Table | str):
            _show(block)


def _several(studies: list[Path], out: Path, settings: Settings, as_json: bool) -> None:
    from harness.report.study.side_by_side import (
        all_summaries,
        outcome_table,
        write_side_by_side,
    )

    judged = write_side_by_side(studies, out, settings)
    _say_where(out, "report.md")
    _show(all_summaries(judged) if as_json else outcome_table(judged))


def _say_where(folder: Path, *names: str) -> None:
    from esplade.progress import say

    for name in names:
        say(f"wrote {folder / name}")


def _show(what: Any) -> None:
    from esplade.cli.console import answer
    from harness.report.renderings import print_table
    from harness.report.tables import Table

    if isinstance(what, Table):
        print_table(what)
    elif isinstance(what, str):
        print(what)
    else:
        answer(what)
