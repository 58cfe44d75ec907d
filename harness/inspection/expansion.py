"""What an encoder makes of a text: terms by weight, those that it added, what prunings leave."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, Protocol, runtime_checkable

import numpy as np
import scipy.sparse as sp

from ground.errors import InputError
from harness.encoding.text_encoder import TextEncoder
from harness.pruning import Columns, Rule

Side = Literal["doc", "query"]


@runtime_checkable
class KnowsWords(Protocol):
    """An encoder that can tell which terms stand in a text; others are asked for substrings."""

    def words_of(self, text: str) -> Collection[str]:
        """The terms that a text contains, as the encoder's vocabulary spells them."""


class Term(NamedTuple):
    """One weight of a vector.

    Attributes:
        term: its name.
        weight: its weight, rounded to four decimals.
        own: whether the text contains it; otherwise expansion added it.
    """

    term: str
    weight: float
    own: bool


@dataclass(frozen=True)
class Left:
    """What a pruning leaves of a vector.

    Attributes:
        rule: the pruning.
        terms: names of the terms that stay.
        added: how many of them the text does not contain.
        share: their share of the vector's total weight.
    """

    rule: Rule
    terms: frozenset[str]
    added: int
    share: float

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        facts = {"rule": self.rule.short, "terms": len(self.terms), "added": self.added}
        return {**facts, "weight_share": round(self.share, 4)}


@dataclass(frozen=True)
class Expansion:
    """The largest weights of one text.

    Attributes:
        text: what was encoded.
        terms: the heaviest first, as many as were asked for.
        total: number of terms of the whole vector.
        own: of those, how many the text contains.
        own_share: their share of the vector's total weight.
        left: what each pruning leaves.
    """

    text: str
    terms: list[Term]
    total: int
    own: int
    own_share: float
    left: tuple[Left, ...] = ()

    def line(self) -> str:
        """The terms in one line; ``+`` marks those that the text does not contain."""
        return "  ".join(f"{'' if own else '+'}{term} {w:.2f}" for term, w, own in self.terms)

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        terms = [
            {
                "term": t,
                "weight": w,
                "in_text": own,
                "kept_by": [left.rule.short for left in self.left if t in left.terms],
            }
            for t, w, own in self.terms
        ]
        facts = {"text": self.text, "total": self.total, "in_text": self.own}
        prunings = [left.to_dict() for left in self.left]
        return {
            **facts,
            "in_text_weight_share": round(self.own_share, 4),
            "prunings": prunings,
            "terms": terms,
        }


def expansions(
    encoder: TextEncoder,
    texts: Sequence[str],
    side: Side,
    k: int = 20,
    rules: Sequence[Rule] = (),
) -> list[Expansion]:
    """Encode texts, and list the k heaviest terms of each (0 for all) and what prunings leave.

    Raises:
        InputError: a rule looks at more than one vector at a time.
    """
    for rule in rules:
        if not rule.by_row:
            raise InputError(
                f"What {rule} leaves of a vector depends on the whole collection, so it cannot be "
                f"shown for a text. Use rules of one vector, such as top:20 or mass:0.9."
            )
    matrix = encoder.encode(texts, side, lambda steps: None)
    matrix.sort_indices()
    return [_expansion(encoder, text, matrix[[row]], k, rules) for row, text in enumerate(texts)]


def _expansion(
    encoder: TextEncoder, text: str, row: sp.csr_array, k: int, rules: Sequence[Rule]
) -> Expansion:
    names = [encoder.terms[i] for i in row.indices.tolist()]
    own = _own_terms(encoder, text, names)
    order = np.lexsort((row.indices, -row.data))[: k or None]
    terms = [Term(names[i], round(float(row.data[i]), 4), names[i] in own) for i in order]
    total = float(row.data.sum(dtype=np.float64)) or 1.0
    own_weight = sum(float(w) for name, w in zip(names, row.data, strict=True) if name in own)
    left = tuple(_left(encoder, row, rule, own, total) for rule in rules)
    return Expansion(text, terms, len(names), len(own), own_weight / total, left)


def _left(
    encoder: TextEncoder, row: sp.csr_array, rule: Rule, own: frozenset[str], total: float
) -> Left:
    kept = rule.apply(row, Columns(encoder.terms))
    names = frozenset(encoder.terms[i] for i in kept.indices.tolist())
    share = float(kept.data.sum(dtype=np.float64)) / total
    return Left(rule, names, len(names - own), share)


def _own_terms(encoder: TextEncoder, text: str, names: Sequence[str]) -> frozenset[str]:
    """Which of some terms a text contains."""
    if isinstance(encoder, KnowsWords):
        return frozenset(names) & frozenset(encoder.words_of(text))
    folded = unicodedata.normalize("NFKC", text).lower()
    return frozenset(name for name in names if name in folded)
