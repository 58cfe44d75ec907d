"""``esplade compare``: runs and sweeps side by side, effectiveness and cost."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from esplade.cli import options

if TYPE_CHECKING:
    from ground.artifacts.places import Named


def compare(
    what: Annotated[
        list[str],
        typer.Argument(help="TREC runs, or folders of sweeps.", metavar="RUN_OR_FOLDER..."),
    ],
    qrels: Annotated[
        Path | None,
        typer.Option(help="Judgments; without them, the values that sweeps have stored."),
    ] = None,
    dataset: options.OptionalDataset = None,
    split: options.Split = "test",
    baseline: Annotated[
        str | None,
        typer.Option(help="What to test against [BM25 if there is one, else the first]."),
    ] = None,
    measures: options.Measures = options.MEASURES,
    format: Annotated[
        str | None,
        typer.Option(help="md, csv, latex, html or json [by --out's ending, else for people]."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="File to write the table or page to.")] = None,
    figure: Annotated[
        Path | None,
        typer.Option(help="Figure of effectiveness against cost; writes .png and .svg."),
    ] = None,
    calibration: options.Calibration = None,
    overwrite: options.Overwrite = False,
    as_json: options.AsJson = False,
) -> None:
    """Put any TREC runs and sweeps into one table, with tests against a baseline.

    Costs are shown for runs that have them beside them (ours do). The figure shows the first
    measure. Differences are tested by paired permutation, corrected by Holm's method.
    """
    import esplade
    from esplade.cli.console import remark
    from esplade.cli.score import given_judgments, with_companions
    from esplade.progress import say
    from esplade.scoring import expand_runs, named_measures
    from ground.artifacts import atomic_text, together
    from harness.report.figures import draw_figure
    from harness.report.renderings import print_table

    names = named_measures(measures)
    chosen = choose_format("json" if as_json else format, out)
    outputs = [*_pictures(figure), *([out] if out else [])]
    sources = [p for s in what for p in ([Path(s)] if Path(s).is_dir() else expand_runs([s]))]
    _check_outputs(outputs, overwrite, [*with_companions(sources), qrels, dataset])
    found = esplade.compare(
        sources,
        baseline=baseline,
        qrels=None if qrels is None and dataset is None else given_judgments(qrels, dataset),
        split=split,
        measures=names,
        note=remark if out is None else say,
        calibration=calibration,
    )
    text = None if chosen is None else found.text(chosen)
    with together(outputs[-1]) if outputs else nullcontext():
        if figure is not None:
            draw_figure(found.points, names[0], _stem(figure))
        if out is not None and text is not None:
            with atomic_text(out) as stream:
                stream.write(text)
    for path in outputs:
        say(f"wrote {path}")
    if text is None:
        print_table(found.rendered)
    elif out is None:
        print(text, end="")


def choose_format(format: str | None, out: Path | None) -> str | None:
    """The format asked for, else the one that the file's ending means; None for a terminal.

    Raises:
        InputError: there is no such format, or the ending means none.
    """
    from ground.errors import InputError
    from harness.report.renderings import RENDERERS

    if format is None and out is not None:
        ending = out.suffix.lstrip(".").lower()
        format = {"tex": "latex", "htm": "html"}.get(ending, ending)
    if format is not None and format not in RENDERERS:
        raise InputError(
            f"There is no format {format!r}. Choose one with --format: {', '.join(RENDERERS)}."
        )
    return format


def _pictures(figure: Path | None) -> list[Path]:
    if figure is None:
        return []
    stem = _stem(figure)
    return [stem.with_name(stem.name + ending) for ending in (".png", ".svg")]


def _stem(figure: Path) -> Path:
    return figure.with_suffix("") if figure.suffix in (".png", ".svg") else figure


def _check_outputs(paths: Sequence[Path], overwrite: bool, inputs: Sequence[Named]) -> None:
    """Table and pictures are one result: where one of them is unfinished, all are made again."""
    from ground.artifacts import check_together
    from ground.errors import InputError

    if len({os.path.realpath(path) for path in paths}) < len(paths):
        raise InputError(f"--out {paths[-1]} is also a picture of --figure. Choose another name.")
    check_together(paths, overwrite, inputs)
