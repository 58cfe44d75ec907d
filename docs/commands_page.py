"""The page of the commands, made of their functions: every option with its help and default."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from types import NoneType
from typing import Any, NamedTuple, get_args, get_origin

from typer.models import ArgumentInfo, OptionInfo

from esplade.cli.everywhere import telling

_HEAD = """# Commands

Made of the code by `python -m docs.generate`; `esplade COMMAND --help` says the same. Exit codes:
0 done, 1 failed, 2 wrong arguments or input, 130 interrupted.

Before the command: `esplade --log FILE COMMAND ...` (or `ESPLADE_LOG=FILE`) writes a log of all
that happens, fit to be sent; `esplade --version` prints the version. Every command also takes

"""


class Entry(NamedTuple):
    """One argument or option.

    Attributes:
        names: as they are typed: ``--k``, or ``--bm25 / --no-bm25``.
        value: what follows: a placeholder, or "" for a switch.
        help: what it is.
        default: in words; "required" where there is none.
    """

    names: str
    value: str
    help: str
    default: str


def commands_page() -> str:
    """The whole page."""
    from esplade.cli.groups import GROUPS

    known = dict(commands())
    parts = [_HEAD, *(f"- {_option(one)}\n" for one in _everywhere(known["demo"])), "\n"]
    grouped = {name for names in GROUPS.values() for name in names}
    others = tuple(n for n in known if n.partition(" ")[0] not in grouped)
    for title, names in {**GROUPS, "Other": others}.items():
        found = [n for n in known for one in names if n == one or n.startswith(f"{one} ")]
        parts += [f"## {title}\n\n"] * bool(found)
        parts += [_section(name, known[name]) for name in found]
    return "".join(parts).rstrip("\n") + "\n"


def commands() -> Iterator[tuple[str, Callable[..., None]]]:
    """Every command's words and the function behind it."""
    from esplade.cli.app import app

    for one in app.registered_commands:
        yield _named(one), one.callback  # type: ignore[misc]
    for group in app.registered_groups:
        assert group.typer_instance is not None
        for one in group.typer_instance.registered_commands:
            yield f"{group.name} {_named(one)}", one.callback  # type: ignore[misc]


def _named(command: Any) -> str:
    return str(command.name or command.callback.__name__.replace("_", "-"))


def entries(function: Callable[..., None]) -> tuple[list[Entry], list[Entry]]:
    """Arguments and options of a command, without those that every command has."""
    arguments: list[Entry] = []
    options: list[Entry] = []
    for parameter in _parameters(function):
        kind, info = get_args(parameter.annotation)[:2]
        entry = _entry(parameter, kind, info)
        (arguments if isinstance(info, ArgumentInfo) else options).append(entry)
    return arguments, options


def _everywhere(function: Callable[..., None]) -> list[Entry]:
    found = inspect.signature(function, eval_str=True).parameters
    # The options of every command come last, one for each argument of `telling`.
    last = list(found.values())[-len(inspect.signature(telling).parameters) :]
    return [_entry(one, *get_args(one.annotation)[:2]) for one in last]


def _parameters(function: Callable[..., None]) -> list[inspect.Parameter]:
    found = list(inspect.signature(function, eval_str=True).parameters.values())
    own = found[: -len(inspect.signature(telling).parameters)]
    return [one for one in own if get_args(one.annotation)[1:]]


def _entry(parameter: inspect.Parameter, kind: Any, info: OptionInfo | ArgumentInfo) -> Entry:
    several, plain = _plain(kind)
    # Beside an annotation, what stands first in the call is a name, and typer keeps it as default.
    given = [info.default, *(info.param_decls or ())]
    declared = [name for name in given if isinstance(name, str) and name.startswith("-")]
    dashed = parameter.name.replace("_", "-")
    if isinstance(info, ArgumentInfo):
        names = info.metavar or parameter.name.upper()
    elif plain is bool and not declared:
        names = f"--{dashed} / --no-{dashed}"
    else:
        names = ", ".join(declared) or f"--{dashed}"
    value = "" if plain is bool or isinstance(info, ArgumentInfo) else info.metavar or _TYPES[plain]
    return Entry(
        names,
        value + "..." * (several and bool(value)),
        " ".join((info.help or "").split()),
        _default(parameter.default, info),
    )


_TYPES = {str: "TEXT", int: "N", float: "X", Path: "PATH"}


def _plain(kind: Any) -> tuple[bool, Any]:
    """Whether it may be given several times, and the type of one."""
    inner = [one for one in get_args(kind) if one is not NoneType]
    if get_origin(kind) is list:
        return True, inner[0]
    return _plain(inner[0]) if inner and type(None) in get_args(kind) else (False, kind)


def _default(value: Any, info: OptionInfo | ArgumentInfo) -> str:
    if value is inspect.Parameter.empty:
        return "required"
    if value in (None, False, "") or not info.show_default:
        return ""
    if value is True:
        return "yes"
    return f"`{value:.4g}`" if isinstance(value, float) else f"`{value}`"


def _section(name: str, function: Callable[..., None]) -> str:
    arguments, options = entries(function)
    usage = " ".join(["esplade", name, *(one.names for one in arguments), "[OPTIONS]"])
    lines = [f"### `esplade {name}`\n\n```text\n{usage}\n```\n\n"]
    lines.append(f"{inspect.cleandoc(function.__doc__ or '')}\n\n")
    required = [one for one in options if one.default == "required"]
    shown = [*arguments, *required, *(one for one in options if one not in required)]
    lines += [f"- {_option(one)}\n" for one in shown]
    return "".join([*lines, "\n"])


def _option(one: Entry) -> str:
    typed = f"{one.names} {one.value}".strip()
    default = {"": "", "required": " Required."}.get(one.default, f" Default: {one.default}.")
    help = one.help.replace("<", "\\<").replace("*", "\\*")
    return f"`{typed}`: {help}{default}"
