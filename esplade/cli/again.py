"""The command as it was typed, with one option more: the remedy that one can copy."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from esplade.hub_errors import NotInCache
from ground.errors import InputError


@contextmanager
def naming_online() -> Iterator[None]:
    """Where a model of the hub is not in the cache, say what to type so that it is downloaded."""
    try:
        yield
    except NotInCache as error:
        typed = typed_with(sys.argv[1:], "--online")
        raise InputError(f"{error.what} To download it, type: {typed}") from error


def typed_with(arguments: list[str], option: str) -> str:
    """The command line, quoted for a shell, with an option that is a switch.

    The option goes to the end, or before ``--``, behind which everything is an argument.
    """
    place = arguments.index("--") if "--" in arguments else len(arguments)
    return shlex.join(["esplade", *arguments[:place], option, *arguments[place:]])
