"""Quantisation: float weights become the integer impacts that Lucene stores.

``scale:S``         round(w * S)                                  naver/splade, Pyserini: 100
``bits:N[:RANGE]``  round(w / range * (2^N - 1)), w clipped to the range; by default the range is
                    the largest weight of the documents
``none``            the weights are integers already

Rounding is `numpy.rint`: halves go to the even neighbour. What rounds to 0 is dropped and
counted; a document that loses every term stays a document.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any, Protocol

import numpy as np
import scipy.sparse as sp

from ground.doors import Door
from ground.errors import InputError
from harness.vectors import Vectors
from harness.vectors.model import MAX_IMPACT


def _no_rounding(text: str) -> Any:
    raise InputError(f"{text!r} is read by Quantiser.parse itself.")


class Rounding(Protocol):
    """What another package's kind of quantiser does; ``str`` gives what follows its colon."""

    def fit(self, matrix: sp.csr_array) -> Rounding:
        """The same with what it takes from the unpruned documents fixed."""

    def round(self, weights: Any) -> tuple[Any, int]:
        """Whole numbers >= 0 (float64) of weights (float64 > 0), and how many were cut."""


_OWN = ("scale", "bits", "none")
QUANTISERS: Door[Callable[[str], Rounding]] = Door(
    "quantiser", "esplade.quantisers", {name: _no_rounding for name in _OWN}
)
"""Kinds of quantisers; those that are not built in are made of what follows their colon."""


@dataclass(frozen=True)
class Quantiser:
    """How weights become impacts.

    Attributes:
        kind: "scale", "bits" or "none".
        factor: what a weight is multiplied with before rounding ("scale").
        bits: width of an impact ("bits").
        range: weight that becomes the largest impact ("bits"); None until it is fitted.
        other: what rounds, of a kind that is not built in.
    """

    kind: str
    factor: float = 1.0
    bits: int = 0
    range: float | None = None
    other: Rounding | None = None

    @classmethod
    def parse(cls, text: str) -> Quantiser:
        """Read ``scale:100``, ``bits:8``, ``bits:8:3.5``, ``none``, or another package's kind.

        Raises:
            InputError: anything else.
        """
        kind, *numbers = text.split(":")
        if kind not in _OWN and kind in QUANTISERS:
            return cls(kind, other=QUANTISERS.find(kind)(":".join(numbers)))
        try:
            if kind == "none" and not numbers:
                return cls("none")
            if kind == "scale" and len(numbers) == 1 and 0 < float(numbers[0]) < np.inf:
                return cls("scale", factor=float(numbers[0]))
            if kind == "bits" and len(numbers) in (1, 2) and 1 <= int(numbers[0]) <= 24:
                limit = float(numbers[1]) if len(numbers) == 2 else None
                if limit is None or 0 < limit < np.inf:
                    return cls("bits", bits=int(numbers[0]), range=limit)
        except ValueError:
            pass
        near = difflib.get_close_matches(kind, QUANTISERS.names(), n=1)
        meant = f" Did you mean {near[0]}?" if near and near[0] != kind else ""
        raise InputError(
            f"{text!r} is no quantisation.{meant} Use scale:S (such as scale:100), bits:N with N "
            f"from 1 to 24 (such as bits:8, or bits:8:3.5 for a range of 3.5), or none for "
            f"weights that are integers already."
        )

    def __str__(self) -> str:
        if self.other is not None:
            return f"{self.kind}:{self.other}".rstrip(":")
        if self.kind == "scale":
            return f"scale:{self.factor:g}"
        if self.kind == "bits":
            return f"bits:{self.bits}" + (f":{self.range:.9g}" if self.range else "")
        return "none"

    def fit(self, matrix: sp.csr_array) -> Quantiser:
        """Fix a range that was left open to the largest weight of the documents.

        Fit on unpruned documents once: every pruning of them, and every query, then shares
        one scale, and a query's impacts do not depend on the other queries.
        """
        if self.other is not None:
            return replace(self, other=self.other.fit(matrix))
        if self.kind == "bits" and self.range is None:
            return replace(self, range=float(matrix.data.max()) if matrix.nnz else 1.0)
        return self


@dataclass(frozen=True)
class QuantiseReport:
    """What quantisation lost, in counts.

    Attributes:
        weights: weights before.
        zeroed: weights that rounded to 0 and were dropped.
        clipped: weights above the range, set to the largest impact.
        emptied: vectors that had terms before and have none after.
        max_impact: largest impact after.
    """

    weights: int
    zeroed: int
    clipped: int
    emptied: int
    max_impact: int

    def __add__(self, other: QuantiseReport) -> QuantiseReport:
        """What two sets of vectors lost together."""
        return QuantiseReport(
            self.weights + other.weights,
            self.zeroed + other.zeroed,
            self.clipped + other.clipped,
            self.emptied + other.emptied,
            max(self.max_impact, other.max_impact),
        )

    def to_dict(self) -> dict[str, Any]:
        """The counts by name."""
        return asdict(self)


def quantise(vectors: Vectors, quantiser: Quantiser) -> tuple[Vectors, QuantiseReport]:
    """Turn float weights into int32 impacts.

    Raises:
        InputError: float weights with ``none``; impacts beyond 2^24 - 1; a range not fitted.
    """
    if quantiser.kind == "none":
        return _already_integers(vectors)
    matrix = vectors.matrix
    impacts, clipped = _round(matrix.data, quantiser)
    too_large = np.flatnonzero(impacts > MAX_IMPACT)
    if too_large.size:
        _refuse_too_large(vectors, int(too_large[0]), quantiser)
    quantised = sp.csr_array(
        (impacts.astype(np.int32), matrix.indices.copy(), matrix.indptr.copy()), shape=matrix.shape
    )
    quantised.eliminate_zeros()
    result = vectors.with_matrix(quantised)
    emptied = int(np.count_nonzero((vectors.lengths() > 0) & (result.lengths() == 0)))
    zeroed = int(matrix.nnz - quantised.nnz)
    largest = int(quantised.data.max()) if quantised.nnz else 0
    return result, QuantiseReport(int(matrix.nnz), zeroed, clipped, emptied, largest)


def _round(weights: Any, quantiser: Quantiser) -> tuple[Any, int]:
    # In float64, so that the product is rounded once, by rint, and not before it by float32.
    exact = weights.astype(np.float64)
    if quantiser.other is not None:
        return quantiser.other.round(exact)
    if quantiser.kind == "scale":
        return np.rint(exact * quantiser.factor), 0
    if quantiser.range is None:
        raise InputError("The range of bits:N is open; fit the quantiser on the documents first.")
    over = exact > quantiser.range
    top = 2**quantiser.bits - 1
    return np.rint(np.minimum(exact, quantiser.range) / quantiser.range * top), int(over.sum())


def _already_integers(vectors: Vectors) -> tuple[Vectors, QuantiseReport]:
    data = vectors.matrix.data
    if not vectors.is_integer:
        broken = np.flatnonzero(np.rint(data) != data)
        if broken.size:
            name, term = _locate(vectors, int(broken[0]))
            raise InputError(
                f"The vector {name!r} gives the term {term!r} the weight {data[broken[0]]:g}, and "
                f"--quantize none takes integers only. Use --quantize scale:100 or bits:8 for "
                f"float weights."
            )
        vectors = vectors.with_matrix(vectors.matrix.astype(np.int32))
    largest = int(vectors.matrix.data.max()) if vectors.nnz else 0
    return vectors, QuantiseReport(vectors.nnz, 0, 0, 0, largest)


def _refuse_too_large(vectors: Vectors, place: int, quantiser: Quantiser) -> None:
    name, term = _locate(vectors, place)
    raise InputError(
        f"The vector {name!r} gives the term {term!r} the weight {vectors.matrix.data[place]:g}, "
        f"which {quantiser} turns into more than {MAX_IMPACT}, the largest impact that Lucene's "
        f"scores hold exactly. Use a smaller scale, or bits:8."
    )


def _locate(vectors: Vectors, place: int) -> tuple[str, str]:
    row = int(np.searchsorted(vectors.matrix.indptr, place, side="right")) - 1
    return vectors.ids[row], vectors.terms[vectors.matrix.indices[place]]
