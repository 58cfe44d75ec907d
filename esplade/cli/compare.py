"""``esplade compare``: runs, sweeps and studies side by side, effectiveness and cost."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from esplade.cli import options

if TYPE_CHECKING:
    from esplade.comparison import Comparison
    from ground.artifacts.places import Named

TERMINAL = "terminal"
_PICTURES = (".png", ".svg", ".pdf")


def compare(
    what: Annotated[
        list[str],
        typer.Argument(
            help="TREC runs, or folders of sweeps and studies.", metavar="RUN_OR_FOLDER..."
        ),
    ],
    qrels: Annotated[
        Path | None,
        typer.Option(help="Judgments; without them, the values that folders have stored."),
    ] = None,
    dataset: options.OptionalDataset = None,
    split: options.Split = "test",
    baseline: Annotated[
        str | None,
        typer.Option(help="What to test against [BM25 if there is one, else the first]."),
    ] = None,
    measures: options.Measures = options.MEASURES,
    test: Annotated[
        str, typer.Option(help="Which test is corrected and marked: permutation, t or wilcoxon.")
    ] = "permutation",
    correction: Annotated[
        str, typer.Option(help="For the number of tests: holm, bonferroni, bh or none.")
    ] = "holm",
    alpha: Annotated[float, typer.Option(help="Below which corrected p-values count.")] = 0.05,
    margin: Annotated[
        float | None,
        typer.Option(
            help="Largest difference that does not matter, such as 0.01: also test whether "
            "systems are equivalent, or not worse."
        ),
    ] = None,
    pairs: Annotated[
        str | None,
        typer.Option(
            help="baseline, or all: test every pair, and mark by letters [all for latex]."
        ),
    ] = None,
    details: Annotated[
        bool,
        typer.Option(
            "--details",
            help="Also print the tests: intervals, effect sizes, p-values, power.",
        ),
    ] = False,
    other_data: Annotated[
        bool,
        typer.Option(
            "--other-data",
            help="Score runs that are known to be of other data by the judgments given.",
        ),
    ] = False,
    columns: Annotated[
        str | None,
        typer.Option(help="Columns of the table in order, by comma [few for latex, else all]."),
    ] = None,
    format: Annotated[
        str | None,
        typer.Option(
            help="terminal, md, csv, latex, html, json or parquet [by --out's ending, else "
            "terminal]."
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="File to write the table or page to.")] = None,
    figure: Annotated[
        Path | None,
        typer.Option(
            help="Figure of effectiveness against cost: .pdf, .svg or .png; without an ending, "
            "all three."
        ),
    ] = None,
    width: Annotated[
        str | None,
        typer.Option(help="Width of the figure, such as 8cm for a column [18.3cm]."),
    ] = None,
    calibration: options.Calibration = None,
    overwrite: options.Overwrite = False,
    as_json: options.AsJson = False,
) -> None:
    """Put any TREC runs, sweeps and studies into one table, with tests.

    Costs are shown for runs that have them beside them (ours do). The figure shows the first
    measure. Runs that are known to be of different data are refused.
    """
    import esplade
    from esplade.cli.console import remark
    from esplade.cli.score import given_judgments, with_companions
    from esplade.progress import say
    from esplade.scoring import expand_runs, named_measures

    names = named_measures(measures)
    chosen = choose_format("json" if as_json else format, out)
    pictures = _pictures(figure, width)
    outputs = [*pictures, *([out] if out else [])]
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
        test=test,
        correction=correction,
        alpha=alpha,
        margin=margin,
        pairs=pairs,
        other_data=other_data,
    )
    content = None if chosen is None else found.content(chosen, columns)
    _write(found, pictures, width, out, content)
    for path in outputs:
        say(f"wrote {path}")
    if content is None:
        _print(found, columns, details)
    elif out is None:
        print(content.decode(), end="")


def choose_format(format: str | None, out: Path | None) -> str | None:
    """The format asked for, else the one that the file's ending means; None for a terminal.

    Raises:
        InputError: there is no such format, the ending means none, or a file is needed for it.
    """
    from ground.errors import InputError
    from harness.report.renderings import check_format, format_of

    if format == TERMINAL:
        if out is not None:
            raise InputError("--format terminal is for people: leave it out, or leave --out out.")
        return None
    if format is None:
        return None if out is None else format_of(out)
    check_format(format)
    if format == "parquet" and out is None:
        raise InputError("Parquet is no text: say where it goes with --out FILE.parquet.")
    return format


def _print(found: Comparison, columns: str | None, details: bool) -> None:
    from harness.report.columns import select_columns
    from harness.report.renderings import print_table

    table = found.rendered
    print_table(table if columns is None else select_columns(table, columns))
    if details:
        print_table(found.differences)


def _write(
    found: Comparison,
    pictures: Sequence[Path],
    width: str | None,
    out: Path | None,
    content: bytes | None,
) -> None:
    """Pictures and table, which appear together."""
    from ground.artifacts import atomic_binary, together
    from harness.report.drawing import WIDTH, inches
    from harness.report.figures import draw_figure

    outputs = [*pictures, *([out] if out else [])]
    with together(outputs[-1]) if outputs else nullcontext():
        if pictures:
            kinds = [path.suffix.lstrip(".") for path in pictures]
            stem = pictures[0].with_name(pictures[0].name.removesuffix(pictures[0].suffix))
            size = WIDTH if width is None else inches(width)
            draw_figure(found.points, found.measures[0], stem, kinds=kinds, width=size)
        if out is not None and content is not None:
            with atomic_binary(out) as stream:
                stream.write(content)


def _pictures(figure: Path | None, width: str | None) -> list[Path]:
    from ground.errors import InputError
    from harness.report.drawing import inches

    if width is not None:
        inches(width)
    if figure is None:
        if width is not None:
            raise InputError("--width is that of a figure: give --figure FILE, too.")
        return []
    if figure.suffix in _PICTURES:
        return [figure]
    return [figure.with_name(figure.name + ending) for ending in _PICTURES]


def _check_outputs(paths: Sequence[Path], overwrite: bool, inputs: Sequence[Named]) -> None:
    """Table and pictures are one result: where one of them is unfinished, all are made again."""
    from ground.artifacts import check_together
    from ground.errors import InputError

    if len({os.path.realpath(path) for path in paths}) < len(paths):
        raise InputError(f"--out {paths[-1]} is also a picture of --figure. Choose another name.")
    check_together(paths, overwrite, inputs)
