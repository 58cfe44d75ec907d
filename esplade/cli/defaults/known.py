"""The options of all commands, by the names that people write; read of the commands' functions."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import NoneType
from typing import Any, NamedTuple, get_args, get_origin

from ground.errors import InputError

Words = tuple[str, ...]
_ALWAYS_TYPED = {
    "overwrite": "it replaces finished results",
    "yes": "it deletes without a question",
    "online": "it asks a network",
    **dict.fromkeys(
        ("out", "ciff", "lsr-benchmark", "figure", "per-query", "tensorboard"),
        "it says where something is written",
    ),
    "dry-run": "it leaves the work undone",
    "json": "programs ask for it where they need it",
}
_TYPED_IN = {
    ("index", "index"): "it says where something is written",
    ("search", "run"): "it says where something is written",
}
"""The same by command and name."""


class Option(NamedTuple):
    """An option of a command.

    Attributes:
        command: its words.
        name: its long name, without dashes before it.
        parameter: of the command's function.
        kind: bool, int, float, str or Path.
        several: whether it may be given several times.
        default: what is built in.
        low: smallest value, if there is one.
        high: largest value, if there is one.
    """

    command: Words
    name: str
    parameter: str
    kind: type
    several: bool
    default: Any
    low: float | None = None
    high: float | None = None

    @property
    def typed_only(self) -> str | None:
        """Why it cannot stand in a file; None where it can."""
        return _TYPED_IN.get((self.command[-1], self.name)) or _ALWAYS_TYPED.get(self.name)


Known = Mapping[Words, Mapping[str, Option]]
"""Options by the words of their command, and by every name that they have."""


def known_options(app: Any) -> dict[Words, dict[str, Option]]:
    """The options of every command of a `typer.Typer`."""
    return {words: _options(words, function) for words, function in _commands(app)}


def _commands(app: Any, before: Words = ()) -> Iterator[tuple[Words, Callable[..., Any]]]:
    for one in app.registered_commands:
        name = one.name or one.callback.__name__.replace("_", "-")
        yield (*before, name), one.callback
    for group in app.registered_groups:
        yield from _commands(group.typer_instance, (*before, group.name))


def _options(words: Words, function: Callable[..., Any]) -> dict[str, Option]:
    from typer.models import OptionInfo

    found: dict[str, Option] = {}
    for parameter in inspect.signature(function, eval_str=True).parameters.values():
        kind, *more = get_args(parameter.annotation) or (None,)
        info = next((one for one in more if isinstance(one, OptionInfo)), None)
        if info is None:
            continue
        given = [info.default, *(info.param_decls or ())]
        dashed = [name for name in given if isinstance(name, str) and name.startswith("--")]
        names = [name[2:] for name in dashed] or [parameter.name.replace("_", "-")]
        several, plain_kind = _plain(kind)
        empty = parameter.default is inspect.Parameter.empty
        default = None if empty else parameter.default
        option = Option(
            words, names[0], parameter.name, plain_kind, several, default, info.min, info.max
        )
        found |= dict.fromkeys(names, option)
    return found


def _plain(kind: Any) -> tuple[bool, type]:
    """Whether it may be given several times, and the type of one."""
    if get_origin(kind) is list:
        return True, get_args(kind)[0]
    inner = [one for one in get_args(kind) if one is not NoneType]
    return _plain(inner[0]) if inner else (False, kind)


def plain(key: str) -> str:
    """A name as it is typed: with dashes."""
    return key.replace("_", "-")


def refuse_typed_only(option: Option, where: str) -> None:
    """Refuse a default of what has to be said every time.

    Raises:
        InputError: it is such an option.
    """
    if why := option.typed_only:
        raise InputError(
            f"{where}: --{option.name} cannot be a default, because {why}. Remove the line, and "
            f"give it with the command."
        )


def is_path(option: Option) -> bool:
    """Whether its value is a path, whatever lies there."""
    return option.kind is Path
