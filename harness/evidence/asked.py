"""The terms of queries: what the encoder gave them, what pruning and rounding left of them."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from harness.evidence.model import asked_type, query_schema
from harness.evidence.nested import lists_of

if TYPE_CHECKING:
    import pyarrow as pa

    from harness.evidence.opened import Opened
    from harness.report.points import Point

_PIECES = ("##", "▁", "Ġ")


def query_rows(point: Point, opened: Opened | None, queries: Mapping[str, str]) -> pa.Table:
    """A row a query of a point, in the order of ``queries``.

    Args:
        point: whose.
        opened: what it was searched with; without it the rows have texts only.
        queries: text by id.
    """
    import pyarrow as pa

    found = _terms(opened, queries) if opened is not None else {}
    columns: list[list[Any]] = [
        list(queries),
        [point.name] * len(queries),
        list(queries.values()),
    ]
    terms = lists_of([found.get(query, []) for query in queries], asked_type())
    arrays = [pa.array(values, pa.string()) for values in columns]
    return pa.Table.from_arrays([*arrays, terms], schema=query_schema())


def own_terms(text: str, terms: Sequence[str]) -> list[bool]:
    """Which terms a text holds; of pieces of words, whether the piece is in it somewhere."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return [_spelled(term) in folded for term in terms]


def _spelled(term: str) -> str:
    for mark in _PIECES:
        term = term.removeprefix(mark)
    return term.lower()


def _terms(opened: Opened, queries: Mapping[str, str]) -> dict[str, list[dict[str, Any]]]:
    """Terms by query, the heaviest first."""
    matrix, names = opened.weights.matrix, opened.weights.terms
    impacts = kept_of(matrix, opened.impacts)
    known = [_is_known(opened, name) for name in names]
    found = {}
    for row, query in enumerate(opened.weights.ids):
        span = slice(int(matrix.indptr[row]), int(matrix.indptr[row + 1]))
        columns, weights = matrix.indices[span], matrix.data[span]
        order = np.lexsort((columns, -weights))
        terms = [names[columns[i]] for i in order]
        own = [True] * len(terms) if opened.lexical else own_terms(queries[query], terms)
        found[query] = [
            {
                "term": term,
                "weight": float(weights[i]),
                "impact": int(impacts[span.start + i]),
                "known": known[columns[i]],
                "own": mine,
            }
            for term, i, mine in zip(terms, order.tolist(), own, strict=True)
        ]
    return found


def kept_of(whole: sp.csr_array, kept: sp.csr_array) -> NDArray[np.int64]:
    """What a pruned matrix holds where the whole one has its weights; 0 where they went.

    Args:
        whole: canonical, shape (rows, columns).
        kept: of the same shape, with no weight where ``whole`` has none.

    Returns:
        int64, shape (whole.nnz,).
    """
    width = whole.shape[1]
    places = _places(whole, width)
    found = np.zeros(whole.nnz, dtype=np.int64)
    found[np.searchsorted(places, _places(kept, width))] = kept.data
    return found


def _places(matrix: sp.csr_array, width: int) -> NDArray[np.int64]:
    rows = np.repeat(np.arange(matrix.shape[0], dtype=np.int64), np.diff(matrix.indptr))
    return rows * width + matrix.indices


def _is_known(opened: Opened, term: str) -> bool:
    column = opened.index.columns.get(term)
    return column is not None and int(opened.index.document_frequency[column]) > 0
