"""Options that every command has: how much is told, and where else it is written."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer

from esplade import progress
from esplade.cli import logs
from esplade.cli.again import naming_online
from esplade.cli.defaults.giving import given_by_files, settings_of, settle_told

_CONTEXT = "told_context"
debug = False
"""Whether errors show their tracebacks (``--debug``)."""

_OPTIONS = {
    "told_quietly": Annotated[
        bool, typer.Option("--quiet", help="Tell nothing but the answer, and errors.")
    ],
    "told_in_detail": Annotated[bool, typer.Option("--verbose", help="Tell details, too.")],
    "told_with_tracebacks": Annotated[
        bool, typer.Option("--debug", help="Show tracebacks of errors.")
    ],
    "told_to_file": Annotated[
        Path | None,
        typer.Option(
            "--log-file", metavar="FILE", help="Also write what is told to this file, with times."
        ),
    ],
}


def everywhere(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options; it is not called with them."""
    signature = inspect.signature(command, eval_str=True)
    own = list(signature.parameters.values())
    asks = next((one.name for one in own if one.annotation is typer.Context), None)

    @wraps(command)
    def run(*arguments: Any, **given: Any) -> None:
        context = given.pop(_CONTEXT) if asks is None else given[asks]
        settle_told(context, given)
        logs.settings(*settings_of(context))
        told = (given.pop(name) for name in _OPTIONS)
        online = naming_online() if "online" in given else nullcontext()
        with telling(*told), given_by_files(context), online:
            command(*arguments, **given)

    more = [] if asks else [_parameter(_CONTEXT, typer.Context, inspect.Parameter.empty)]
    for name, kind in _OPTIONS.items():
        more.append(_parameter(name, kind, None if name == "told_to_file" else False))
    run.__signature__ = signature.replace(parameters=[*own, *more])  # type: ignore[attr-defined]
    run.__annotations__ = {}
    return run


def _parameter(name: str, kind: Any, default: Any) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)


@contextmanager
def telling(quiet: bool, verbose: bool, tracebacks: bool, log: Path | None) -> Iterator[None]:
    """Tell as much as is asked for while the block runs.

    Raises:
        InputError: quiet and verbose at once; the log cannot be written.
    """
    global debug
    from ground.errors import InputError

    debug = debug or tracebacks
    if quiet and verbose:
        raise InputError("--quiet and --verbose: give one of the two.")
    before = progress.verbosity()
    with ExitStack() as stack:
        if log is not None:
            stack.enter_context(_logging(log))
        if quiet or verbose:
            stack.callback(progress.set_verbosity, before)
            progress.set_verbosity("quiet" if quiet else "verbose")
        try:
            yield
        except Exception as error:
            progress.log(f"{type(error).__name__}: {error}")
            raise


@contextmanager
def _logging(path: Path) -> Iterator[None]:
    from ground.artifacts import output_errors
    from ground.errors import InputError

    if path.is_dir():
        raise InputError(f"--log-file {path} is a folder. Give the name of a file.")
    with output_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        stream = path.open("a", encoding="utf-8")
    with stream:
        progress.log_to(stream)
        try:
            yield
        finally:
            progress.log_to(None)
