"""The numbers that costs of retrieval come in, and as what they are kept in JSON."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any


class _Facts:
    """Gives a dataclass ``to_dict``, with None for what is undefined (JSON knows no NaN)."""

    def to_dict(self) -> dict[str, Any]:
        """Field names to plain values, nested dataclasses to nested dictionaries."""
        return _without_nan(asdict(self))  # type: ignore[call-overload, no-any-return]


@dataclass(frozen=True)
class Distribution(_Facts):
    """Summary of one number a query (or document). Percentiles interpolate linearly."""

    mean: float
    median: float
    p95: float
    p99: float
    max: float


@dataclass(frozen=True)
class Flops(_Facts):
    """Expected number of terms that a query and a document share, and where it comes from.

    ``flops = sum_v p_q(v) p_d(v)`` where p_q and p_d are the shares of queries and documents
    that contain term v. It splits into what the densities alone would cost if query terms were
    unrelated to list lengths, and what their alignment adds:
    ``flops = |U| mean(p_q) mean(p_d) + |U| Cov(p_q, p_d)``.

    Attributes:
        flops: the sum.
        independent: first part of the split.
        covariance: second part; negative if queries avoid long lists.
        covariance_share: covariance / flops; NaN if flops is 0.
        terms: |U|, the size of the term space; the split (not the sum) depends on it.
    """

    flops: float
    independent: float
    covariance: float
    covariance_share: float
    terms: int


@dataclass(frozen=True)
class ListLengths(_Facts):
    """Lengths (document frequencies) of a set of postings lists.

    Attributes:
        lists: how many.
        postings: their sum.
        mean: average length.
        variance: population variance (divided by ``lists``).
        std: its square root.
        cv: coefficient of variation, std / mean; NaN if the mean is 0.
        gini: 0 when all lists are equally long, near 1 when one holds nearly all postings.
        max: length of the longest.
    """

    lists: int
    postings: int
    mean: float
    variance: float
    std: float
    cv: float
    gini: float
    max: int


@dataclass(frozen=True)
class PostingsLists(_Facts):
    """List lengths over the whole term space U, and over the lists that are not empty."""

    all: ListLengths
    non_empty: ListLengths


@dataclass(frozen=True)
class Latency(_Facts):
    """Time a query, in milliseconds, over all queries and repeats (PISA's protocol)."""

    mean_ms: float
    p50_ms: float
    p90_ms: float
    p95_ms: float
    p99_ms: float
    measurements: int


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nan(item) for key, item in value.items()}
    return None if isinstance(value, float) and math.isnan(value) else value
