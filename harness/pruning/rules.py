"""Rules as users write them: ``top:20``, ``ratio:0.1+top:20``, ``none``."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import scipy.sparse as sp

from ground.artifacts.naming import file_name, marked
from ground.errors import InputError
from harness.pruning.asked import Asked
from harness.pruning.columns import Columns, Frequencies
from harness.pruning.kinds import RULES, Kind
from harness.pruning.numbers import written
from harness.vectors import Vectors

__all__ = ["NONE", "RULES", "Kind", "Rule"]


@dataclass(frozen=True)
class Rule:
    """A sequence of pruning steps, applied from left to right; an empty one keeps all.

    Attributes:
        steps: (kind, value) pairs: "top" (most terms kept), "threshold" (weight > t), "ratio"
            (weight >= r times the vector's largest), "mass" (largest weights up to a share of
            the vector's total), "fraction" (of a vector's terms), "entropy" (terms kept for each
            effective one), "quantile" (weight > the term's quantile over all vectors), "share" (of
            all weights), "list" (longest postings list), "common" (see
            `harness.pruning.common.Common`), "asked" (see `harness.pruning.asked.Asked`), "match"
            (of queries: how many terms a document has to hold; no weight goes).
    """

    steps: tuple[tuple[str, Any], ...] = ()

    @classmethod
    def parse(cls, text: str) -> Rule:
        """Read a rule: ``none`` or 0, a number of terms to keep, or steps joined by ``+``.

        Raises:
            InputError: anything else; a file that a step names cannot be read.
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

    @classmethod
    def asked(cls, terms: Iterable[str] | Vectors) -> Rule:
        """Keep the terms that a query log asks for: given ones, or those of query vectors."""
        return cls((("asked", Asked.of(terms)),))

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
    def identity(self) -> str:
        """The rule, with digests of what files hold in the place of their names; for keys."""
        return _joined(f"{kind}:{_identity(value)}" for kind, value in self.steps)

    @property
    def contents(self) -> dict[str, str]:
        """Digests of what files hold, by the steps that name these."""
        known = {f"{kind}:{value}": getattr(value, "identity", None) for kind, value in self.steps}
        return {step: str(identity) for step, identity in known.items() if identity}

    @property
    def file_name(self) -> str:
        """The rule in letters that the names of files take on every system."""
        named = _joined(f"{kind}{_plain(_identity(value))}" for kind, value in self.steps)
        return file_name(named, _LONGEST_FILE_NAME)

    @property
    def by_row(self) -> bool:
        """Whether each vector is pruned without a look at the others."""
        return all(RULES.find(kind).by_row for kind, _ in self.steps)

    @property
    def by_columns(self) -> bool:
        """Whether it has to know the terms of the columns, or their document frequencies."""
        return any(RULES.find(kind).columns for kind, _ in self.steps)

    @property
    def least(self) -> int:
        """How many of its terms a document has to hold for a query to find it."""
        return int(max((value for kind, value in self.steps if kind == "match"), default=1))

    def check_documents(self) -> Rule:
        """The same rule, if documents can be pruned by it.

        Raises:
            InputError: it says how a query is matched.
        """
        for kind, value in self.steps:
            if not RULES.find(kind).of_documents:
                raise InputError(
                    f"{kind}:{value_text(value)} says what a query asks of documents, and is no "
                    f"rule for them. Give it with the rule of queries: top:7+match:2/top:20."
                )
        return self

    def check_queries(self) -> Rule:
        """The same rule, if queries can be pruned by it.

        Raises:
            InputError: it is about postings lists, or about all weights of a collection.
        """
        for kind, value in self.steps:
            if not RULES.find(kind).of_queries:
                raise InputError(
                    f"{kind}:{value_text(value)} prunes a collection of documents, and would keep "
                    f"of a query what depends on the other queries. Prune queries by a rule of one "
                    f"vector, such as top:7 or mass:0.9, or by common:5:0.4."
                )
        return self

    def apply(self, matrix: sp.csr_array, columns: Columns | None = None) -> sp.csr_array:
        """Prune vectors.

        Args:
            matrix: (rows, terms) with sorted column indices and weights > 0.
            columns: what is known of the columns. Rules about document frequencies count those of
                the rows, as each step finds them, unless these hold some.

        Returns:
            A matrix of the same shape and dtype; the same object where nothing was pruned.

        Raises:
            InputError: a rule needs to know the terms of the columns.
        """
        for kind, value in self.steps:
            step = RULES.find(kind)
            more = [columns or Columns()] if step.columns else []
            matrix = step.apply(matrix, value, *more)
        return matrix

    def prune(self, vectors: Vectors, frequencies: Frequencies | None = None) -> Vectors:
        """Prune vectors that know their terms; see `apply`."""
        columns = Columns(vectors.terms, frequencies)
        return vectors.with_matrix(self.apply(vectors.matrix, columns))

    def __add__(self, other: Rule) -> Rule:
        """This rule, then the other."""
        return Rule(self.steps + other.steps)

    def __str__(self) -> str:
        return _joined(f"{kind}:{value_text(value)}" for kind, value in self.steps)


_NUMBERS = re.compile(r"-?[0-9.]+(?:e-?[0-9]+)?(?::[0-9.]+(?:e-?[0-9]+)?)*")
_PLAIN = re.compile(r"[0-9a-z.]+")
_LONGEST_FILE_NAME = 70
"""Bytes of a rule in the name of a folder, which holds two rules and a system."""
NONE = Rule()
"""Keeps all."""


def value_text(value: Any) -> str:
    """What stands after the colon."""
    return written(float(value)) if isinstance(value, int | float) else str(value)


def _identity(value: Any) -> str:
    return str(getattr(value, "identity", None) or value_text(value))


def _plain(text: str) -> str:
    """Letters, digits, points and dashes; of a digest the first 12.

    Numbers that are joined by colons are joined by dashes. Of other texts two could become one, so
    that a changed one has a mark.
    """
    if re.fullmatch("[0-9a-f]{64}", text):
        return text[:12]
    if _NUMBERS.fullmatch(text) or _PLAIN.fullmatch(text):
        return text.replace(":", "-")
    return marked(text, re.sub(r"[^0-9A-Za-z.-]", "-", text), _LONGEST_FILE_NAME)


def _joined(steps: Iterable[str]) -> str:
    return "+".join(steps) or "none"


def _parse_step(step: str, text: str) -> tuple[str, Any]:
    kind, _, rest = step.strip().partition(":")
    known = RULES.find(kind) if kind in RULES else None
    try:
        value = known.read(rest.strip()) if known else None
    except InputError:
        raise  # of a file that the step names
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
