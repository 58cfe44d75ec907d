"""``esplade study-join``: results of one study from several folders as one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from esplade.cli import options


def study_join(
    studies: Annotated[
        list[Path],
        typer.Argument(
            help="What `esplade study --out` wrote, or its results folder, of the same study.",
            metavar="RESULTS_OR_OUT...",
        ),
    ],
    out: options.Out,
    overwrite: options.Overwrite = False,
    as_json: options.AsJson = False,
) -> None:
    """Join results of one study: seeds that were trained here with those of another machine.

    What a folder has is not taken again from a later one. Settings, data, corpora and BM25 must be
    the same in all.
    """
    from esplade.cli.console import answer
    from esplade.progress import say
    from esplade.studies.study import join_studies

    found = join_studies(studies, out, overwrite=overwrite)
    for control in (control for control in found["controls"] if not control["holds"]):
        say(f"FAILS  {control['name']}: {control['detail']}")
    state = "complete" if found["complete"] else "not complete"
    say(f"{found['cells_done']} of {found['cells_planned']} cells and seeds: {state}. {out}")
    if as_json:
        chosen = ("name", "complete", "cells_done", "cells_planned", "controls")
        answer({**{name: found[name] for name in chosen}, "results": str(out)})
