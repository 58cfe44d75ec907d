"""Defaults on their way to a command: given to it, named in errors, recorded."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from esplade.cli.defaults.in_force import InForce, defaults_in_force
from esplade.cli.defaults.known import Known, Option, known_options
from esplade.cli.defaults.tables import Entry
from ground.artifacts.digests import with_words
from ground.errors import InputError

_NOT_WORK = ("--help", "--version", "--show-completion", "--install-completion")
VERBOSITY = "ESPLADE_VERBOSITY"
TOLD = ("told_quietly", "told_in_detail")
_NOT_RECORDED = (*TOLD, "told_with_tracebacks", "told_to_file")

in_force = InForce()
"""What this process has read."""
known: Known = {}
"""The options of its commands."""


def arguments_with_defaults(app: Any, arguments: Sequence[str]) -> dict[str, Any]:
    """What the whole command line is called with besides its words.

    Args:
        app: all commands, a `typer.Typer`.
        arguments: the words.

    Raises:
        InputError: a file of defaults has a mistake.
    """
    global in_force, known
    in_force, known = InForce(), {}
    typed = list(arguments[: arguments.index("--")] if "--" in arguments else arguments)
    # Help tells what is built in, and has to come whatever a file says.
    if not typed or any(word in _NOT_WORK for word in typed) or "_ESPLADE_COMPLETE" in os.environ:
        return {}
    known = known_options(app)
    in_force = _without_told(defaults_in_force(known))
    return {"default_map": in_force.default_map()} if in_force.values else {}


def _without_told(found: InForce) -> InForce:
    """Without --quiet and --verbose where the environment says how much is told."""
    if VERBOSITY in os.environ:
        for table in (*found.values.values(), *found.entries.values()):
            for name in TOLD:
                table.pop(name, None)
    return found


@contextmanager
def given_by_files(context: Any) -> Iterator[None]:
    """Around a command: what files gave is recorded as if it were typed, and named in errors.

    Args:
        context: `typer.Context` of the command.
    """
    given = _from_files(context)
    if not given:
        yield
        return
    words = [word for option, _ in given.values() for word in _words(context, option)]
    try:
        with with_words(words):
            yield
    except InputError as error:
        raise InputError(f"{error} {_note(str(error), given)}") from error


def settle_told(context: Any, given: dict[str, Any]) -> None:
    """Of --quiet and --verbose the one that was typed goes before the one of a file."""
    files = [name for name in TOLD if _is_from_file(context, name)]
    if all(given.get(name) for name in TOLD) and len(files) == 1:
        given[files[0]] = False


def settings_of(context: Any) -> tuple[dict[str, Option], Any, dict[str, Entry]]:
    """Options of a command, its context, and where files give them values."""
    words = words_of(context)
    return dict(known.get(words, {})), context, in_force.entries.get(words, {})


def words_of(context: Any) -> tuple[str, ...]:
    """The words of the command that a context is of."""
    names: list[str] = []
    while context.parent is not None:
        names.insert(0, context.info_name)
        context = context.parent
    return tuple(names)


def _from_files(context: Any) -> dict[str, tuple[Option, Entry]]:
    """Options whose values are from files, by their names as they are typed."""
    words = words_of(context)
    entries, options = in_force.entries.get(words, {}), known.get(words, {})
    by_parameter = {option.parameter: option for option in options.values()}
    return {
        f"--{by_parameter[name].name}": (by_parameter[name], entry)
        for name, entry in entries.items()
        if name not in _NOT_RECORDED and _is_from_file(context, name)
    }


def _is_from_file(context: Any, name: str) -> bool:
    source = context.get_parameter_source(name)
    return source is not None and source.name == "DEFAULT_MAP"


def _words(context: Any, option: Option) -> list[str]:
    value, name = in_force.values[words_of(context)][option.parameter], f"--{option.name}"
    if option.kind is bool:
        return [name if value else f"--no-{option.name}"]
    return [word for one in (value if option.several else [value]) for word in (name, str(one))]


def _note(message: str, given: dict[str, tuple[Option, Entry]]) -> str:
    """Which options were not typed: those that the message names, or else all of them."""
    named = set(re.findall(r"--[a-z][a-z0-9-]*", message)) & given.keys()
    shown = [name for name in given if name in named] or list(given)
    places = [f"{name} is from {given[name][1].where.partition(', [')[0]}" for name in shown]
    return f"({'; '.join(places)}.)"
