"""What an encoder makes of a text: terms by weight, and which of them the text did not hold."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from harness.encoding import TextEncoder


@dataclass(frozen=True)
class Expansion:
    """The largest weights of one text.

    Attributes:
        text: what was encoded.
        terms: (term, weight, whether the text contains it), heaviest first.
        total: number of terms of the whole vector.
    """

    text: str
    terms: list[tuple[str, float, bool]]
    total: int

    def line(self) -> str:
        """The terms in one line; ``+`` marks those that the text does not contain."""
        return "  ".join(f"{'' if own else '+'}{term} {w:.2f}" for term, w, own in self.terms)

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        terms = [{"term": t, "weight": w, "in_text": own} for t, w, own in self.terms]
        return {"text": self.text, "total": self.total, "terms": terms}


def expansions(
    encoder: TextEncoder, texts: Sequence[str], side: Literal["doc", "query"], k: int = 20
) -> list[Expansion]:
    """Encode texts and list the k heaviest terms of each (0 for all)."""
    matrix = encoder.encode(texts, side, lambda steps: None)
    return [_expansion(encoder.terms, text, matrix, row, k) for row, text in enumerate(texts)]


def _expansion(terms: Sequence[str], text: str, matrix: Any, row: int, k: int) -> Expansion:
    span = slice(matrix.indptr[row], matrix.indptr[row + 1])
    names, weights = matrix.indices[span], matrix.data[span]
    order = np.lexsort((names, -weights))[: k or None]
    folded = unicodedata.normalize("NFKC", text).lower()
    found = [
        (terms[names[i]], round(float(weights[i]), 4), terms[names[i]] in folded) for i in order
    ]
    return Expansion(text, found, len(names))
