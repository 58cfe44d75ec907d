"""What Lucene can hold as impacts, checked before anything is written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ground.errors import InputError
from harness.vectors.model import Vectors

if TYPE_CHECKING:
    from harness.lucene.results import QueryBatch

EXACT_BELOW = 2**24
"""Float32 holds every integer below it."""

_MAX_TERM_BYTES = 32766


def check_impacts(vectors: Vectors) -> None:
    """Check that an index can hold these documents.

    Raises:
        InputError: float weights; an impact outside 1 .. 2^24 - 1, a document whose impacts add
            up to 2^31 or more, or a term of more than 32,766 bytes. Names the document.
    """
    if not vectors.is_integer:
        raise InputError(
            "The document vectors have float weights, where an index needs integer impacts. "
            "Quantise them, with --quantize scale:100 for instance."
        )
    matrix = vectors.matrix
    wrong = np.flatnonzero((matrix.data < 1) | (matrix.data >= EXACT_BELOW))
    if wrong.size:
        name, term = _name(vectors, int(wrong[0]))
        raise InputError(
            f"The document {name!r} gives the term {term!r} the impact "
            f"{matrix.data[wrong[0]]:,}; Lucene takes 1 to {EXACT_BELOW - 1:,}. Quantise with a "
            f"smaller scale or fewer bits."
        )
    sums = np.diff(np.concatenate(([0], np.cumsum(matrix.data, dtype=np.int64)))[matrix.indptr])
    if sums.max(initial=0) >= 2**31:
        raise InputError(
            f"The impacts of the document {vectors.ids[int(sums.argmax())]!r} add up to "
            f"{sums.max():,}, and Lucene takes less than 2^31 a document. Quantise with a smaller "
            f"scale or fewer bits."
        )
    _check_terms(vectors)


def check_scores(index: Path, batch: QueryBatch) -> None:
    """Refuse queries whose scores could leave the integers that float32 holds.

    Raises:
        InputError: names the first of them.
    """
    products = batch.weights.astype(np.int64) * batch.maxima[batch.columns]
    ends = np.concatenate(([0], np.cumsum(products)))[batch.indptr]
    bounds = np.diff(ends)
    too_high = np.flatnonzero(bounds >= EXACT_BELOW)
    if too_high.size:
        first = int(too_high[0])
        raise InputError(
            f"Scores of the query {batch.ids[first]!r} could reach {bounds[first]:,}, and "
            f"Lucene's are exact only below 2^24 = {EXACT_BELOW:,} ({too_high.size:,} of "
            f"{len(batch.ids):,} queries are affected). Quantise documents or queries to "
            f"smaller impacts (a smaller scale, fewer bits), or keep fewer query terms (--qk)."
        )


def _check_terms(vectors: Vectors) -> None:
    for column, term in enumerate(vectors.terms):
        if len(term) > _MAX_TERM_BYTES // 4 and len(term.encode()) > _MAX_TERM_BYTES:
            rows = np.flatnonzero(vectors.matrix.indices == column)
            where = f", in {_name(vectors, int(rows[0]))[0]!r}," if rows.size else ""
            raise InputError(
                f"The term {term[:40]!r}...{where} has {len(term.encode()):,} bytes, and "
                f"Lucene's terms have at most {_MAX_TERM_BYTES:,}. Remove or shorten it."
            )


def _name(vectors: Vectors, place: int) -> tuple[str, str]:
    """Document id and term of one stored weight."""
    row = int(np.searchsorted(vectors.matrix.indptr, place, side="right")) - 1
    return vectors.ids[row], vectors.terms[int(vectors.matrix.indices[place])]
