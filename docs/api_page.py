"""The page of the Python API, made of signatures and docstrings."""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from docs.docstrings import markdown

_WIDTH = 96
_HEAD = """# Python API

Made of the code by `python -m docs.generate`; every example runs as a test. In the signatures `pd`
is pandas and `sp` is scipy.sparse.

## esplade

"""


def api_page() -> str:
    """The whole page."""
    import esplade
    from esplade import train

    parts = [_HEAD]
    parts += [part for name in _names(esplade) for part in _entry(esplade, name)]
    parts.append(f"## esplade.train\n\n{markdown(train.__doc__)}\n")
    parts += [part for name in _names(train) for part in _entry(train, name)]
    return "".join(parts).rstrip("\n") + "\n"


def _names(module: ModuleType) -> list[str]:
    """Public names: functions first, then classes, each in the order of the alphabet."""
    return sorted(module.__all__, key=lambda name: (inspect.isclass(getattr(module, name)), name))


def _entry(module: ModuleType, name: str) -> Iterator[str]:
    thing = getattr(module, name)
    if isinstance(thing, str):
        return
    yield f"### `{module.__name__}.{name}`\n\n"
    if not inspect.isclass(thing):
        yield f"{_code(name, thing)}{markdown(thing.__doc__)}\n"
    elif dataclasses.is_dataclass(thing):
        yield f"{markdown(thing.__doc__)}\n{_settings(thing)}"
    elif issubclass(thing, Exception):
        bases = ", ".join(base.__name__ for base in thing.__bases__)
        yield f"A `{bases}`. {markdown(thing.__doc__)}\n"
    else:
        if "Args:" in (thing.__doc__ or ""):
            yield _code(name, thing)
        yield f"{markdown(thing.__doc__)}\n"
        yield from _members(thing)


def _settings(kind: Any) -> str:
    """The fields of a dataclass that say what they are (see `encoders.training.settings`)."""
    lines = []
    for one in dataclasses.fields(kind):
        if not (known := one.metadata):
            continue
        default = f"{one.default:.4g}" if isinstance(one.default, float) else repr(one.default)
        choices = ", ".join(f"`{choice}`" for choice in known["choices"] if choice)
        more = f" One of {choices}." if choices else ""
        lines.append(f"- `{one.name}` = `{default}`: {known['help']}{more}\n")
    return "".join([*lines, "\n"]) if lines else ""


def _members(kind: type) -> Iterator[str]:
    """Public methods and properties, in the order of the code."""
    for name, member in vars(kind).items():
        if name.startswith("_"):
            continue
        if isinstance(member, property):
            returned = _signature(member.fget).return_annotation
            yield f"#### `{kind.__name__}.{name}`\n\n`{_unquoted(returned)}`. "
            yield f"{markdown(member.__doc__)}\n"
        elif isinstance(member, classmethod) or inspect.isfunction(member):
            bound = getattr(kind, name)
            yield f"#### `{kind.__name__}.{name}`\n\n"
            yield f"{_code(f'{kind.__name__}.{name}', bound)}{markdown(bound.__doc__)}\n"


def _code(name: str, thing: Any) -> str:
    """A signature as a block of code, an argument a line where it is long."""
    found = _signature(thing)
    own = [one for one in found.parameters.values() if one.name != "self"]
    arguments: list[str] = []
    named = False
    for one in own:
        if one.kind is one.KEYWORD_ONLY and not named:
            arguments.append("*")
            named = True
        arguments.append(_unquoted(str(one)))
    after = "" if inspect.isclass(thing) else f" -> {_unquoted(found.return_annotation)}"
    line = f"{name}({', '.join(arguments)}){after}"
    if len(line) > _WIDTH:
        line = f"{name}(\n" + "".join(f"    {one},\n" for one in arguments) + f"){after}"
    return f"```py\n{line}\n```\n\n"


def _signature(thing: Any) -> inspect.Signature:
    """Annotations stay as they are written: what they name may be there for the checker alone."""
    wrapped = getattr(thing, "__wrapped__", None)
    return inspect.signature(wrapped if wrapped is not None and not callable(thing) else thing)


def _unquoted(annotation: Any) -> str:
    """An annotation without the quotes that its being a string gives it; defaults keep theirs."""
    text = str(annotation)
    head, equals, default = text.partition(" = ")
    return re.sub(r"'([^']*)'", r"\1", head) + equals + default
