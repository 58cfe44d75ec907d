"""The ``esplade`` command: registers the commands and turns errors into exit codes.

0 done, 1 failed (our fault or the machine's), 2 wrong arguments or input.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import cache
from typing import Annotated, Any

import typer

from encoders.errors import EncoderInputError, TrainingStopped
from harness import __version__
from harness.cli import (
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
from harness.errors import InputError, IntegrityError

app = typer.Typer(
    name="esplade",
    help="Which learned sparse encoder, pruned how hard, gives the most effectiveness "
    "for the least retrieval cost?",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
_debug = False


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"esplade {__version__}")
        raise typer.Exit()


@app.callback()
def _options(
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks of errors.")] = False,
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    global _debug
    _debug = debug


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
def _command() -> Callable[[], Any]:
    """The command line, put together once a process: it takes longer than many a command."""
    return typer.main.get_command(app)


def main() -> None:
    """Run the command line and exit with its code."""
    try:
        _command()()
    except (InputError, EncoderInputError) as error:
        _fail(error, 2)
    except BrokenPipeError:
        # The reader of a pipe (head, less) has seen enough.
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:
        _fail_otherwise(error)


def _fail_otherwise(error: Exception) -> None:
    from harness.artifacts import OutputError, explain

    if said := explain(error):
        _fail(OutputError(said), 2)
    elif isinstance(error, IntegrityError | TrainingStopped | OSError | MemoryError):
        _fail(error, 1)
    else:  # the last resort: an internal fault never looks like success
        _fail(error, 1, f"internal error: {type(error).__name__}: ", " (--debug shows where)")


def _fail(error: BaseException, code: int, before: str = "", after: str = "") -> None:
    if _debug:
        raise error
    if isinstance(error, TrainingStopped) and os.environ.get("RANK", "0") != "0":
        # Processes that train together stop together, and one of them says why.
        sys.exit(code)
    print(f"esplade: {before}{str(error) or type(error).__name__}{after}", file=sys.stderr)
    sys.exit(code)


if __name__ == "__main__":
    main()
