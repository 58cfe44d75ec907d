"""Which default of which option is in force, and where it comes from."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from esplade.cli.defaults.known import Known, Option, Words, plain, refuse_typed_only
from esplade.cli.defaults.places import Place, places
from esplade.cli.defaults.tables import SHARED, Entry, read_tables
from esplade.cli.defaults.values import value_for
from ground.errors import InputError

_OF_TRAININGS = ("split", "train")
"""Name and value of the option that says whose queries are trained on: [defaults] is not for it."""


@dataclass(frozen=True)
class InForce:
    """Defaults of files.

    Attributes:
        files: those that were read, the one that counts most first.
        values: what commands are given, by command and parameter.
        entries: where each of them stands.
    """

    files: tuple[Place, ...] = ()
    values: dict[Words, dict[str, Any]] = field(default_factory=dict)
    entries: dict[Words, dict[str, Entry]] = field(default_factory=dict)

    def default_map(self) -> dict[str, Any]:
        """As typer takes it: a mapping for each command, one more inside for a group's."""
        made: dict[str, Any] = {}
        for words, values in self.values.items():
            inner = made
            for word in words:
                inner = inner.setdefault(word, {})
            inner.update(values)
        return made


def defaults_in_force(known: Known) -> InForce:
    """Read all files of defaults, and check every line of them.

    Args:
        known: the options of all commands.

    Raises:
        InputError: with file, line and key: no such command or option, a wrong value, or an option
            that has to be typed.
    """
    found = tuple(places())
    if not found:
        return InForce()
    groups = frozenset(words[0] for words in known if len(words) > 1)
    made = InForce(found)
    for place in reversed(found):
        tables = read_tables(place.path, groups)
        for table, line in tables.named.items():
            _check_table(table, line, place, known)
        # What is said of a command goes before what is said of all of one file.
        for entry in sorted(tables.entries, key=lambda one: one.table != (SHARED,)):
            for option, value in _meant(entry, known):
                name = option.parameter
                made.values.setdefault(option.command, {})[name] = value
                made.entries.setdefault(option.command, {})[name] = entry
    return made


def _meant(entry: Entry, known: Known) -> Iterator[tuple[Option, Any]]:
    """The options that a line is for, and the value of each."""
    name = plain(entry.key)
    if entry.table != (SHARED,):
        options = known[entry.table]
        if name not in options:
            raise _unknown(entry, name, options, " ".join(entry.table))
        refuse_typed_only(options[name], entry.where)
        yield options[name], value_for(options[name], entry)
        return
    having = [options[name] for options in known.values() if name in options]
    if not having:
        raise _unknown(entry, name, {n for one in known.values() for n in one}, "any command")
    for option in having:
        refuse_typed_only(option, entry.where)
    if len(having) == 1:
        command = ".".join(having[0].command)
        raise InputError(
            f"{entry.where}: only {' '.join(having[0].command)} has --{name}. Write it below "
            f"[{command}]."
        )
    for option in having:
        if (option.name, option.default) != _OF_TRAININGS:
            try:
                yield option, value_for(option, entry)
            except InputError as error:
                raise InputError(
                    f"{error} (That is what {' '.join(option.command)} takes; a value for one "
                    f"command alone stands below [{'.'.join(option.command)}].)"
                ) from None


def _check_table(table: Words, line: int | None, place: Place, known: Known) -> None:
    if table == (SHARED,) or table in known:
        return
    at = "" if line is None else f", line {line}"
    names = [SHARED, *(".".join(words) for words in known)]
    asked = ".".join(table)
    raise InputError(
        f"{place.path}{at}: there is no command {' '.join(table)!r}.{_near(asked, names)} A table "
        f"is called as a command is, or {SHARED}."
    )


def _unknown(entry: Entry, name: str, options: Iterable[str], whose: str) -> InputError:
    names = sorted(options)
    off = name.removeprefix("no-")
    if name.startswith("no-") and off in names:
        return InputError(f"{entry.where}: write {off} = false.")
    return InputError(
        f"{entry.where}: there is no option --{name} of {whose}.{_near(name, names)} "
        f"`esplade {'--help' if whose == 'any command' else f'{whose} --help'}` lists them."
    )


def _near(asked: str, names: Iterable[str]) -> str:
    found = difflib.get_close_matches(asked, list(names), n=1, cutoff=0.6)
    return f" Did you mean {found[0]}?" if found else ""
