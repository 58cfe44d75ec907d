"""The commands of ``esplade``, put together."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from esplade.cli import (
    average,
    compare,
    cost,
    data,
    demo,
    doctor,
    encode,
    explain,
    export,
    export_encoder,
    index,
    inspect,
    mine,
    quantisation,
    score,
    search,
    stats,
    study,
    study_join,
    study_report,
    sweep,
    train,
    vocab,
)
from harness import __version__

debug = False
"""Whether errors show their tracebacks (``--debug``)."""


class Passed(Exception):
    """Carries what typer would answer for, in words of its own and with other exit codes."""

    def __init__(self, error: BaseException) -> None:
        super().__init__()
        self.error = error


class _Commands(TyperGroup):
    """The commands, whose end is for `esplade.cli.main` to tell."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except (EOFError, KeyboardInterrupt, BrokenPipeError) as error:
            raise Passed(error) from error


app = typer.Typer(
    name="esplade",
    cls=_Commands,
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
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    global debug
    debug = tracebacks


app.command()(demo.demo)
app.command()(doctor.doctor)
app.add_typer(data.app, name="data", help="Data sets: list, show, build, check.")
app.command()(vocab.vocab)
app.command()(train.pretrain)
app.command()(train.finetune)
app.command()(mine.mine)
app.command()(average.average)
app.command()(encode.encode)
app.command()(index.index)
app.command()(search.search)
app.command()(score.score)
app.command()(cost.cost)
app.command()(compare.compare)
app.command()(sweep.sweep)
app.command()(study.study)
app.command(name="study-join")(study_join.study_join)
app.command(name="study-report")(study_report.study_report)
app.command()(stats.stats)
app.command()(inspect.inspect)
app.command()(explain.explain)
app.command()(quantisation.quantisation)
app.command()(export.export)
app.command(name="export-encoder")(export_encoder.export_encoder)


@cache
def command() -> Callable[[], Any]:
    """The command line, put together once a process: it takes longer than many a command."""
    return typer.main.get_command(app)
