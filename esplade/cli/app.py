"""The commands of ``esplade``, put together."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import typer

from esplade.cli import (
    average,
    calibrate,
    choose,
    compare,
    config,
    cost,
    data,
    demo,
    doctor,
    encode,
    explain,
    export,
    export_encoder,
    finetune,
    index,
    inspect,
    logs,
    mine,
    pretrain,
    quantisation,
    report,
    runs,
    score,
    search,
    serve,
    stats,
    study,
    study_join,
    study_report,
    sweep,
    train,
    vocab,
)
from esplade.cli import everywhere as everywhere_module
from esplade.cli.everywhere import everywhere
from esplade.cli.groups import Commands
from harness import __version__

app = typer.Typer(
    name="esplade",
    cls=Commands,
    help="Which learned sparse encoder, pruned how hard, gives the most effectiveness "
    "for the least retrieval cost?",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"esplade {__version__}")
        raise typer.Exit()


@app.callback()
def _options(
    tracebacks: Annotated[bool, typer.Option("--debug", help="Show tracebacks of errors.")] = False,
    log: Annotated[
        Path | None,
        typer.Option(
            "--log", metavar="FILE", help="Write a log of all that happens, fit to be sent."
        ),
    ] = None,
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    everywhere_module.debug = tracebacks
    if path := logs.asked(log):
        logs.begin(path)


app.command()(everywhere(demo.demo))
app.command()(everywhere(doctor.doctor))
app.add_typer(data.app, name="data", help="Data sets: list, show, build, import, check.")
app.command()(everywhere(config.config))
app.add_typer(runs.app, name="runs", help="Results: list, show, delete.")
app.command()(everywhere(vocab.vocab))
app.command()(everywhere(pretrain.pretrain))
app.command()(everywhere(finetune.finetune))
app.command()(everywhere(mine.mine))
app.command()(everywhere(train.train))
app.command()(everywhere(average.average))
app.command()(everywhere(encode.encode))
app.command()(everywhere(index.index))
app.command()(everywhere(search.search))
app.command()(everywhere(score.score))
app.command()(everywhere(cost.cost))
app.command()(everywhere(calibrate.calibrate))
app.command()(everywhere(compare.compare))
app.command()(everywhere(report.report))
app.command()(everywhere(serve.serve))
app.command()(everywhere(choose.choose))
app.command()(everywhere(sweep.sweep))
app.command()(everywhere(study.study))
app.command(name="study-join")(everywhere(study_join.study_join))
app.command(name="study-report")(everywhere(study_report.study_report))
app.command()(everywhere(stats.stats))
app.command()(everywhere(inspect.inspect))
app.command()(everywhere(explain.explain))
app.command()(everywhere(quantisation.quantisation))
app.command()(everywhere(export.export))
app.command(name="export-encoder")(everywhere(export_encoder.export_encoder))


@cache
def command() -> Callable[[], Any]:
    """The command line, put together once a process: it takes longer than many a command."""
    return typer.main.get_command(app)
