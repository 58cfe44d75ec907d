"""Pruning rules as people give them: written, made already, or by their short form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ground.errors import InputError

if TYPE_CHECKING:
    from harness.pruning import Rule
    from harness.sweep.grid import Pruning


def pruning_rule(prune: str | Rule | None, k: int, short: str) -> Rule:
    """The rule that ``prune``, or its short form qk or dk, asks for.

    Raises:
        InputError: both are given, or the rule cannot be read.
    """
    from harness.pruning import Rule

    if prune is None:
        return Rule.top(k)
    if k:
        raise InputError(
            f"{short} {k} is short for --prune top:{k}; give one of the two, or join rules: "
            f"--prune {prune}+top:{k}."
        )
    return read_rule(prune)


def read_rule(rule: str | int | Rule) -> Rule:
    """A rule as it is given: made already, or written.

    Raises:
        InputError: it cannot be read.
    """
    from harness.pruning import Rule

    return rule if isinstance(rule, Rule) else Rule.parse(str(rule))


def read_grid(grid: str | Sequence[tuple[Any, Any]]) -> tuple[Pruning, ...]:
    """Operating points as they are given: written, or as pairs of rules.

    Raises:
        InputError: they cannot be read, or one is there twice.
    """
    from harness.sweep.grid import checked_grid, parse_grid

    if isinstance(grid, str):
        return parse_grid(grid)
    return checked_grid([(read_rule(query), read_rule(document)) for query, document in grid])
