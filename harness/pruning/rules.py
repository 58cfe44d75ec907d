"""Rules as users write them: ``top:20``, ``ratio:0.1+top:20``, ``none``."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import scipy.sparse as sp

from ground.doors import Door
from ground.errors import InputError
from harness.pruning import steps


class Kind(NamedTuple):
    """A kind of step.

    Attributes:
        apply: takes weights (rows, terms) > 0 with sorted columns, and the step's number; gives a
            matrix of the same shape and dtype.
        accepts: whether a number is one for it.
        example: of a step, for messages.
        by_row: whether a vector is pruned without a look at the others.
    """

    apply: Callable[[sp.csr_array, float], sp.csr_array]
    accepts: Callable[[float], bool]
    example: str
    by_row: bool = True


KINDS = {
    "top": Kind(steps.top_k, lambda x: x >= 1 and x.is_integer(), "top:20"),
    "threshold": Kind(steps.threshold, lambda x: 0 <= x < float("inf"), "threshold:0.5"),
    "ratio": Kind(steps.max_ratio, lambda x: 0 <= x <= 1, "ratio:0.1"),
    "mass": Kind(steps.mass, lambda x: 0 < x <= 1, "mass:0.9"),
    "quantile": Kind(steps.term_quantile, lambda x: 0 <= x < 1, "quantile:0.3", False),
}
RULES: Door[Kind] = Door("pruning rule", "esplade.pruning", KINDS, Kind)
"""The kinds of steps, those of other packages among them."""


@dataclass(frozen=True)
class Rule:
    """A sequence of pruning steps, applied from left to right; an empty one keeps all.

    Attributes:
        steps: (kind, value) pairs: "top" (most terms kept), "threshold" (weight > t), "ratio"
            (weight >= r times the vector's largest), "mass" (largest weights up to a share of
            the vector's total), "quantile" (weight > the term's quantile over all vectors).
    """

    steps: tuple[tuple[str, float], ...] = ()

    @classmethod
    def parse(cls, text: str) -> Rule:
        """Read a rule: ``none`` or 0, a number of terms to keep, or steps joined by ``+``.

        Raises:
            InputError: anything else.
        """
        text = text.strip()
        if text in ("none", "0"):
            return NONE
        if text.isascii() and text.isdecimal():
            return cls.top(int(text))
        return cls(tuple(_parse_step(step, text) for step in text.split("+")))

    @classmethod
    def top(cls, k: int) -> Rule:
        """Keep the k largest weights; 0 keeps all."""
        return cls((("top", float(k)),)) if k else NONE

    @property
    def k(self) -> int | None:
        """Number of terms kept where the rule is a plain top-k, 0 for none; None otherwise."""
        if not self.steps:
            return 0
        return int(self.steps[0][1]) if [kind for kind, _ in self.steps] == ["top"] else None

    @property
    def short(self) -> str:
        """The number of a plain top-k, otherwise the rule."""
        return str(self) if self.k is None else str(self.k)

    @property
    def by_row(self) -> bool:
        """Whether each vector is pruned without a look at the others."""
        return all(RULES.find(kind).by_row for kind, _ in self.steps)

    def apply(self, matrix: sp.csr_array) -> sp.csr_array:
        """Prune vectors.

        Args:
            matrix: (rows, terms) with sorted column indices and weights > 0.

        Returns:
            A matrix of the same shape and dtype; the same object where nothing was pruned.
        """
        for kind, value in self.steps:
            matrix = RULES.find(kind).apply(matrix, value)
        return matrix

    def __str__(self) -> str:
        return "+".join(f"{kind}:{value:.9g}" for kind, value in self.steps) or "none"


NONE = Rule()
"""Keeps all."""


def _parse_step(step: str, text: str) -> tuple[str, float]:
    kind, _, number = step.strip().partition(":")
    known = RULES.find(kind) if kind in RULES else None
    try:
        value = float(number)
    except ValueError:
        known = None
    if known is None or not known.accepts(value):
        near = difflib.get_close_matches(kind, RULES.names(), n=1)
        meant = f" Did you mean {near[0]}?" if near and near[0] != kind else ""
        raise InputError(
            f"{step.strip()!r} in {text!r} is no pruning rule.{meant} Use "
            f"{', '.join(RULES.find(name).example for name in RULES)}, several joined by + "
            f"(ratio:0.1+top:20), a number of terms to keep, or none."
        )
    return kind, value
