"""Options of a command made from a dataclass of settings, so that each is declared once."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import Field, fields
from typing import Annotated, Any, get_type_hints

import typer

from esplade.cli.completing import among


def takes_settings(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command an option for every field of its argument ``settings``.

    Args:
        command: has a parameter ``settings`` whose type is a dataclass with fields made by
            `encoders.training.settings.setting`; it is called with the object that they make.
    """
    signature = inspect.signature(command, eval_str=True)
    kind: Any = signature.parameters["settings"].annotation
    hints = get_type_hints(kind)
    options = [_option(one, hints[one.name]) for one in fields(kind)]

    def run(**given: Any) -> None:
        chosen = {option.name: given.pop(option.name) for option in options}
        command(settings=kind(**chosen), **given)

    own = [one for name, one in signature.parameters.items() if name != "settings"]
    parameters = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in (*own, *options)]
    run.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {}
    run.__name__, run.__doc__ = command.__name__, command.__doc__
    return run


def _option(declared: Field[Any], kind: Any) -> inspect.Parameter:
    known = declared.metadata
    name = f"--{declared.name.replace('_', '-')}"
    help_text = known["help"]
    if known["choices"]:
        help_text += f" One of {', '.join(choice for choice in known['choices'] if choice)}."
    limits = {} if kind in (bool, str) else {"min": known["low"], "max": known["high"]}
    choices = [choice for choice in known["choices"] or () if choice]
    completer = among(*choices) if choices else None
    shown = declared.default != ""
    option = typer.Option(
        name, help=help_text, show_default=shown, autocompletion=completer, **limits
    )
    return inspect.Parameter(
        declared.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=declared.default,
        annotation=Annotated[kind, option],
    )
