"""What an index really holds, read back from its postings in one pass."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ground.errors import IntegrityError
from harness.lucene.packing import Reader


@dataclass(frozen=True)
class TermStatistics:
    """Per term with at least one posting, in code point order; arrays are int64, (terms,).

    Attributes:
        terms: the terms.
        document_frequency: number of documents that hold the term.
        impact_sum: sum of its impacts (Lucene's total term frequency).
        max_impact: the largest.
        moment: sum of impact x (document number + 1), modulo 2^64; it differs where the same
            impacts sit at other documents.
    """

    terms: list[str]
    document_frequency: NDArray[np.int64]
    impact_sum: NDArray[np.int64]
    max_impact: NDArray[np.int64]
    moment: NDArray[np.int64]


_COMPARED = ("document_frequency", "impact_sum", "max_impact", "moment")


def read_statistics(index: Any) -> TermStatistics:
    """Statistics of an open kernel ``Index``."""
    reader = Reader(index.statistics().tostring())
    terms = reader.strings()
    numbers = reader.array(4 * len(terms), "<i8").reshape(-1, 4).astype(np.int64)
    return TermStatistics(terms, *np.ascontiguousarray(numbers.T))


def compare_statistics(path: Path, found: TermStatistics, expected: TermStatistics) -> None:
    """Check that an index holds what it was built from.

    Raises:
        IntegrityError: at the first term that differs.
    """
    if found.terms != expected.terms:
        odd = sorted(set(found.terms) ^ set(expected.terms))[:3]
        raise IntegrityError(
            f"The index {path} holds {len(found.terms):,} terms, and the vectors that it was "
            f"built from {len(expected.terms):,} (not in both: {', '.join(map(repr, odd))})."
        )
    for name in _COMPARED:
        ours, theirs = getattr(expected, name), getattr(found, name)
        wrong = np.flatnonzero(ours != theirs)
        if wrong.size:
            first = int(wrong[0])
            raise IntegrityError(
                f"The index {path} disagrees with the vectors that it was built from: the "
                f"{name.replace('_', ' ')} of the term {expected.terms[first]!r} is "
                f"{theirs[first]:,} in the index and {ours[first]:,} in the vectors "
                f"({wrong.size:,} of {len(expected.terms):,} terms differ)."
            )
