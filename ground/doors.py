"""Doors for others: named things that packages add to without a fork, all found in the same way.

A package offers something under an entry point of the door's group::

    [project.entry-points."esplade.pruning"]
    random = "lab.pruning:RANDOM"

and whoever works in a notebook calls `Door.add`. Both are then known by their names wherever a name
is given: on the command line, in Python, in files of studies.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from functools import cached_property
from importlib import metadata
from typing import Generic, TypeVar

from ground.errors import InputError

T = TypeVar("T")


class Door(Generic[T]):
    """The things of one kind, by name.

    Args:
        what: what one is called in messages, such as "pruning rule".
        group: of the entry points, such as "esplade.pruning".
        own: those that are built in.
        kind: what each has to be; anything, where it is None.
    """

    def __init__(
        self, what: str, group: str, own: Mapping[str, T], kind: type[T] | None = None
    ) -> None:
        self.what, self.group = what, group
        self._kind = kind
        self._known: dict[str, T] = dict(own)

    def add(self, name: str, thing: T) -> None:
        """Make something known in this process.

        Raises:
            InputError: the name is taken, or it is nothing of this kind.
        """
        if self._known.get(name, thing) is not thing or name in self._offered:
            raise InputError(f"There is a {self.what} {name!r} already. Choose another name.")
        self._known[name] = self._checked(name, thing)

    def names(self) -> list[str]:
        """All names, those of other packages last."""
        return [*self._known, *(name for name in self._offered if name not in self._known)]

    def __contains__(self, name: object) -> bool:
        return name in self._known or name in self._offered

    def __iter__(self) -> Iterator[str]:
        return iter(self.names())

    def find(self, name: str) -> T:
        """What a name stands for.

        Raises:
            InputError: nothing; names those that are known, and the nearest. Or what another
                package offers under it cannot be used.
        """
        if name in self._known:
            return self._known[name]
        offered = self._offered.get(name)
        if offered is None:
            raise InputError(self.unknown(name))
        try:
            thing = offered.load()
        except Exception as error:
            raise InputError(
                f"The {self.what} {name!r} of {_maker(offered)} cannot be loaded "
                f"({type(error).__name__}: {error}). Update or remove that package."
            ) from error
        self._known[name] = self._checked(name, thing)
        return self._known[name]

    def unknown(self, name: str) -> str:
        """The answer to a name that nothing has."""
        near = difflib.get_close_matches(name, self.names(), n=1)
        meant = f" Did you mean {near[0]}?" if near else ""
        return f"{name!r} is no {self.what}.{meant} Known: {', '.join(self.names())}."

    def _checked(self, name: str, thing: T) -> T:
        if self._kind is not None and not isinstance(thing, self._kind):
            raise InputError(
                f"The {self.what} {name!r} is a {type(thing).__name__}, where a "
                f"{self._kind.__name__} is needed."
            )
        return thing

    @cached_property
    def _offered(self) -> dict[str, metadata.EntryPoint]:
        return {point.name: point for point in metadata.entry_points(group=self.group)}


def _maker(point: metadata.EntryPoint) -> str:
    return point.dist.name if point.dist is not None else point.value
