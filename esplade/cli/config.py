"""``esplade config``: which defaults are in force, and where they come from."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from esplade.cli import completing, options
from ground.errors import InputError

if TYPE_CHECKING:
    from esplade.cli.defaults.in_force import InForce
    from esplade.cli.defaults.known import Known, Option, Words
    from esplade.cli.defaults.tables import Entry


def config(
    command: Annotated[
        list[str] | None,
        typer.Argument(
            help="Of which command: sweep, data import.",
            metavar="[COMMAND]",
            autocompletion=completing.commands,
        ),
    ] = None,
    path: Annotated[bool, typer.Option("--path", help="Which files are read.")] = False,
    as_json: options.AsJson = False,
) -> None:
    """Every value in force for a command, and where it comes from; or what the files say.

    Defaults are read of the nearest esplade.toml upwards from here, and of the user's own
    (esplade/esplade.toml in $XDG_CONFIG_HOME, ~/.config by default), in tables that are called as
    commands are: [sweep], [data.import], and [defaults] for what several commands have.
    """
    from esplade.cli.console import answer
    from esplade.cli.defaults.giving import in_force, known

    found = in_force
    if path:
        files = _files(found)
        if as_json:
            answer({"files": files})
        for one in [] if as_json else files:
            print(f"{one['path']}  ({one['whose']}{'' if one['read'] else ', not there'})")
        return
    rows = _of_files(found) if not command else _of_command(found, known, tuple(command))
    if as_json:
        answer({"command": " ".join(command) if command else None, "options": rows})
        return
    _print(rows)


def _files(found: InForce) -> list[dict[str, Any]]:
    from esplade.cli.defaults.places import VARIABLE, user_path

    rows = [{"path": str(one.path), "whose": one.what, "read": True} for one in found.files]
    own = user_path()
    if own is not None and not own.is_file() and VARIABLE not in os.environ:
        rows.append({"path": str(own), "whose": "the user's", "read": False})
    return rows


def _of_files(found: InForce) -> list[dict[str, Any]]:
    """Every line that is in force, once for each command."""
    return [
        _row(f"{' '.join(words)} --{entry.key.replace('_', '-')}", found.values[words][name], entry)
        for words, entries in sorted(found.entries.items())
        for name, entry in entries.items()
    ]


def _of_command(found: InForce, known: Known, words: Words) -> list[dict[str, Any]]:
    if words not in known:
        raise InputError(
            f"There is no command {' '.join(words)!r}. `esplade --help` lists them; those of a "
            f"group are two words, such as data import."
        )
    values, entries = found.values.get(words, {}), found.entries.get(words, {})
    rows = []
    for option in {one.name: one for one in known[words].values()}.values():
        shown, name = f"--{option.name}", option.parameter
        if name in entries:
            rows.append(_row(shown, values[name], entries[name]))
        else:
            rows.append({"option": shown, "value": _built_in(option), "from": _origin(name)})
    return rows


def _row(option: str, value: Any, entry: Entry) -> dict[str, Any]:
    line = "" if entry.line is None else f":{entry.line}"
    return {"option": option, "value": value, "from": f"{entry.file}{line}"}


def _built_in(option: Option) -> Any:
    """What holds where no file says anything."""
    told = os.environ.get("ESPLADE_VERBOSITY")
    if told and option.name in ("quiet", "verbose"):
        return told == option.name
    return str(option.default) if isinstance(option.default, Path) else option.default


def _origin(name: str) -> str:
    from esplade.cli.defaults.giving import TOLD, VERBOSITY

    return f"environment: {VERBOSITY}" if name in TOLD and VERBOSITY in os.environ else "built in"


def _print(rows: Sequence[dict[str, Any]]) -> None:
    from esplade.progress import say

    if not rows:
        say("No file sets a default. `esplade config COMMAND` shows what is built in.")
        return
    cells = [(row["option"], _shown(row["value"]), row["from"]) for row in rows]
    widths = [max(len(cell[column]) for cell in cells) for column in (0, 1)]
    for option, value, origin in cells:
        print(f"{option.ljust(widths[0])}  {value.ljust(min(40, widths[1]))}  {origin}")


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "-"
    return "-" if value is None or value == "" else str(value)
