"""``esplade runs``: results found again, shown, deleted."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from esplade.cli import completing, options
from esplade.cli.everywhere import everywhere
from esplade.cli.groups import Commands
from esplade.results.result import KINDS
from ground.errors import InputError

if TYPE_CHECKING:
    from esplade.results import Result

app = typer.Typer(cls=Commands, no_args_is_help=True, rich_markup_mode=None)
_MOST = 12
"""Entries of a list that are shown to people."""


@app.command("list")
@everywhere
def list_results(
    folder: Annotated[
        list[Path] | None,
        typer.Argument(help="Where to look, downwards [here].", metavar="[FOLDER...]"),
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option(
            help="Only these: sweep, choice, study, recipe, encoder, vectors, index, run, dataset.",
            autocompletion=completing.among(*KINDS),
        ),
    ] = None,
    dataset: Annotated[
        str | None,
        typer.Option(
            "--dataset",
            help="Only what is of this data set.",
            metavar="D",
            autocompletion=completing.datasets,
        ),
    ] = None,
    as_json: options.AsJson = False,
) -> None:
    """Results below folders, newest first; of unfinished ones also what goes on with them.

    Hidden folders are left out, links are not followed, and no further down than 8 folders is
    looked. Files without metadata (tables, negatives, vocabularies) cannot be told from others.
    """
    import esplade
    from esplade.cli.console import answer
    from esplade.progress import say

    found = esplade.find_results(folder or ["."], kind=kind, dataset=dataset)
    if as_json:
        answer({"results": [one.to_dict() for one in found]})
        return
    _print(found)
    if not found:
        say("No results here.")


@app.command()
@everywhere
def show(
    path: Annotated[Path, typer.Argument(help="A result.", metavar="PATH")],
    as_json: options.AsJson = False,
) -> None:
    """All that is known of a result: settings, versions, digests, counts, resources, its command.

    Long lists are shortened; --json has all of them.
    """
    import esplade
    from esplade.cli.console import answer

    facts = esplade.describe_result(path)
    if as_json:
        answer(facts)
        return
    import yaml

    print(yaml.safe_dump(_shortened(facts), sort_keys=False, allow_unicode=True, width=100), end="")


@app.command("rm")
@everywhere
def remove(
    path: Annotated[list[Path], typer.Argument(help="Results to delete.", metavar="PATH...")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: options.AsJson = False,
) -> None:
    """Delete results, with what lies beside them and belongs to them.

    Only what esplade made goes: a folder that also holds other files is refused, and what another
    process is at work on. On a terminal it is asked about; elsewhere --yes is needed.
    """
    from esplade.cli.console import answer
    from esplade.progress import say
    from esplade.results import remove_results
    from esplade.results.removing import removable

    chosen = [removable(one) for one in dict.fromkeys(path)]
    if not yes and not _agreed(chosen):
        say("Nothing was deleted.")
        return
    freed = remove_results([one.path for one in chosen])
    if as_json:
        answer({"removed": [str(one.path) for one in chosen], "freed": freed})
    else:
        say(f"Deleted {', '.join(str(one.path) for one in chosen)}: {size(freed)} freed.")


def _agreed(chosen: Sequence[Result]) -> bool:
    if not sys.stdin.isatty():
        raise InputError("Nobody can be asked here. Add --yes to delete without a question.")
    for one in chosen:
        print(f"{one.kind or 'unfinished'}  {one.path}  {size(one.bytes)}", file=sys.stderr)
    return typer.confirm("Delete?", err=True)


def _print(found: Sequence[Result]) -> None:
    rows = [_row(one) for one in found]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row, one in zip(rows, found, strict=True):
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print(line.rstrip())
        if one.resume:
            print(f"    to go on: {one.resume}")


def _row(one: Result) -> tuple[str, ...]:
    systems = list(one.systems[:3]) + ["..."] * (len(one.systems) > 3)
    collection = "/".join(part for part in (one.dataset, one.split) if part)
    state = "" if one.state == "finished" else one.state
    created = one.created[:16].replace("T", " ")
    named = (_quoted(one.path), collection, ", ".join(systems))
    return (created, one.kind or "?", size(one.bytes).rjust(8), *named, state)


def _quoted(path: Path) -> str:
    """A path that can be copied into a shell."""
    return shlex.quote(str(path))


def size(count: int) -> str:
    """Bytes for people: 1.2 MB."""
    value, units = float(count), ("B", "kB", "MB", "GB", "TB")
    for unit in units:
        if value < 999.5 or unit == units[-1]:
            break
        value /= 1000
    return f"{value:.0f} {unit}" if unit == "B" or value >= 99.5 else f"{value:.1f} {unit}"


def _shortened(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _shortened(item) for key, item in value.items()}
    if isinstance(value, list):
        kept = [_shortened(item) for item in value[:_MOST]]
        return kept + [f"... and {len(value) - _MOST} more"] * (len(value) > _MOST)
    return value
