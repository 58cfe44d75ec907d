"""What there is to choose from: encoders, quantisations, and rules from mild to strict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ground.errors import InputError
from harness.pruning import Rule
from harness.pruning.kinds import RULES
from harness.sweep.grid import Pruning


class Candidate(NamedTuple):
    """A configuration.

    Attributes:
        system: encoder and quantisation, as the system is named.
        pruning: which weights a query and a document keep.
    """

    system: str
    pruning: Pruning

    def __str__(self) -> str:
        return f"{self.system}@{self.pruning}"

    @property
    def order(self) -> tuple[float, float, str]:
        """Of two that do and cost the same, the one that keeps fewer terms comes first."""
        query, document = (rule.k or float("inf") for rule in self.pruning)
        return query, document, str(self)


@dataclass(frozen=True)
class Space:
    """A grid to begin with.

    Attributes:
        systems: their names.
        queries: rules from mild to strict.
        documents: the same for documents.
    """

    systems: tuple[str, ...]
    queries: tuple[Rule, ...]
    documents: tuple[Rule, ...]


def parse_rules(text: str, option: str) -> tuple[Rule, ...]:
    """Read rules joined by commas; plain numbers are put in order, from mild to strict.

    Raises:
        InputError: a rule is none, or stands there twice.
    """
    rules = [Rule.parse(part) for part in text.split(",")]
    repeated = next((rule for rule in rules if rules.count(rule) > 1), None)
    if repeated is not None:
        raise InputError(f"{option} {text!r} has the rule {repeated} twice.")
    if all(rule.k is not None for rule in rules):
        rules.sort(key=lambda rule: -(rule.k or 1 << 62))
    return tuple(rules)


def between(mild: Rule, strict: Rule) -> Rule | None:
    """A rule in the middle of two of one kind with one number; None if there is nothing between.

    Twice the number of terms lies between a number of terms and all.
    """
    if not mild.steps and strict.k:
        return Rule.top(2 * strict.k)
    if len(mild.steps) != 1 or len(strict.steps) != 1:
        return None
    (kind, a), (other, b) = mild.steps[0], strict.steps[0]
    if kind != other or not isinstance(a, float) or not isinstance(b, float):
        return None
    accepts = RULES.find(kind).accepts
    # Rules of whole numbers take no others.
    tried = (float(f"{(a + b) / 2:.2g}"), (a + b) // 2)
    middle = next((one for one in tried[kind == "top" :] if accepts(one)), a)
    return Rule(((kind, middle),)) if min(a, b) < middle < max(a, b) else None


def neighbours(rules: Sequence[Rule], rule: Rule) -> tuple[Rule | None, Rule | None]:
    """The next milder and the next stricter of rules from mild to strict."""
    at = rules.index(rule)
    return (rules[at - 1] if at else None, rules[at + 1] if at + 1 < len(rules) else None)
