"""Per-query values as whole numbers, small enough for a page, and what they say of all pairs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.evaluation.significance.all_pairs import Pairs
from harness.report.points import Point

SCALE = 10_000
"""Effectiveness is shown to four decimals."""
MISSING = -1
_DIGITS = 5


def queries_of(points: Sequence[Point]) -> list[str]:
    """Ids of all queries that a point has a value for, in order."""
    return sorted({str(q) for point in points for q in point.values["query"].unique()})


def matrix_of(points: Sequence[Point], measure: str, queries: Sequence[str]) -> NDArray[np.float64]:
    """A row a point, a column a query; NaN where there is no value."""
    rows = [point.by_query(measure) for point in points]
    return np.array(
        [row.reindex(list(queries)).to_numpy(np.float64) for row in rows], dtype=np.float64
    ).reshape(len(points), len(queries))


def whole_numbers(values: NDArray[np.float64], scale: int) -> list[list[int]]:
    """Values times a scale, rounded; `MISSING` where there are none."""
    scaled = np.rint(np.where(np.isnan(values), 0.0, values) * scale).astype(np.int64)
    return [list(map(int, row)) for row in np.where(np.isnan(values), MISSING, scaled)]


def scale_of(values: NDArray[np.float64]) -> int:
    """1 for counts and times in whole units, else `SCALE`."""
    known = values[~np.isnan(values)]
    return 1 if known.size and bool(np.all(known == np.rint(known))) and known.max() > 1 else SCALE


def told_pairs(pairs: Pairs) -> dict[str, Any]:
    """Tests of all pairs: below the diagonal, row by row, rounded to what a page shows."""
    rows, columns = np.tril_indices(len(pairs.p), -1)
    return {
        "p": _rounded(pairs.p[rows, columns]),
        "low": _rounded(pairs.low[rows, columns]),
        "high": _rounded(pairs.high[rows, columns]),
    }


def _rounded(numbers: NDArray[np.float64]) -> list[float | None]:
    return [None if np.isnan(n) else round(float(n), _DIGITS) for n in numbers]
