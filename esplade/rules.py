"""The pruning rule that two options name: a rule, or its short form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ground.errors import InputError

if TYPE_CHECKING:
    from harness.pruning import Rule


def pruning_rule(prune: str | None, k: int, short: str) -> Rule:
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
    return Rule.parse(prune)
