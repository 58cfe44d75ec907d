"""The best results of queries: the documents, their judgments, and what each term adds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ground.errors import IntegrityError
from harness.evidence.best import Best
from harness.evidence.model import Material, result_schema, shared_type
from harness.evidence.nested import lists_from
from harness.lucene.text_index import TextIndex
from harness.retrieval.lexical import listed_vectors

if TYPE_CHECKING:
    import pyarrow as pa

    from harness.evidence.opened import Opened
    from harness.report.points import Point

_CLOSE = 1e-4
"""How far a sum of BM25's parts may be from Lucene's float32 score, as a share of it."""


def result_rows(point: Point, opened: Opened | None, best: Best, material: Material) -> pa.Table:
    """A row a result of a point.

    Args:
        point: whose.
        opened: what it was searched with; without it no result is explained.
        best: its results.
        material: texts and judgments.

    Raises:
        IntegrityError: terms do not add up to the score of a result.
    """
    import pyarrow as pa

    grades = [
        material.judgments.get(query, {}).get(document)
        for query, document in zip(best.queries, best.documents, strict=True)
    ]
    columns = {
        "query": best.queries,
        "point": [point.name] * len(best.queries),
        "rank": best.ranks,
        "document": best.documents,
        "text": [material.documents.get(document) for document in best.documents],
        "score": best.scores,
        "relevance": grades,
    }
    schema = result_schema()
    arrays = [pa.array(values, schema.field(name).type) for name, values in columns.items()]
    return pa.Table.from_arrays([*arrays, _shares(opened, best, material)], schema=schema)


def _shares(opened: Opened | None, best: Best, material: Material) -> pa.Array:
    import pyarrow as pa

    documents = sorted(set(best.documents))
    held = _held(opened, documents, material) if opened is not None and documents else None
    if opened is None or held is None:
        return pa.array([None] * len(best.queries), pa.list_(shared_type()))
    rows = {name: row for row, name in enumerate(opened.weights.ids)}
    place = {name: row for row, name in enumerate(documents)}
    asked = opened.asked[[rows[query] for query in best.queries]].astype(np.float64)
    matrix = held[[place[document] for document in best.documents]].astype(np.float64)
    products = sp.csr_array(asked.multiply(matrix))
    products.sort_indices()
    weights = sp.csr_array(asked.multiply(matrix.sign()))
    weights.sort_indices()
    _check_sums(opened, best, np.asarray(products.sum(axis=1), np.float64).ravel())
    order = _by_product(products)
    names = np.asarray(opened.index.terms, dtype=object)[products.indices[order]]
    columns = {"term": names, "query": weights.data[order], "product": products.data[order]}
    return lists_from(products.indptr.astype(np.int64), columns, shared_type())


def _held(opened: Opened, documents: list[str], material: Material) -> sp.csr_array | None:
    """Weights of documents over the index's terms; None where their texts would be needed."""
    index = opened.index
    if not isinstance(index, TextIndex):
        return index.impacts(documents).matrix
    if index.manifest.get("fields") != material.fields:
        return None
    if any(name not in material.documents for name in documents):
        return None
    return listed_vectors(index, {name: material.documents[name] for name in documents}).matrix


def _by_product(products: sp.csr_array) -> NDArray[np.int64]:
    """Within each row the largest product first, ties by term."""
    rows = np.repeat(np.arange(products.shape[0]), np.diff(products.indptr))
    return np.lexsort((products.indices, -products.data, rows)).astype(np.int64)


def _check_sums(opened: Opened, best: Best, sums: NDArray[np.float64]) -> None:
    limit = _CLOSE * np.abs(best.scores) if opened.lexical else np.zeros(len(sums))
    wrong = np.flatnonzero(np.abs(sums - best.scores) > limit)
    if wrong.size:
        i = int(wrong[0])
        raise IntegrityError(
            f"The terms of {best.documents[i]!r} add up to {sums[i]:,g} for the query "
            f"{best.queries[i]!r}, but {opened.point.run} says {best.scores[i]:,g}. Its index "
            f"{opened.index.path} may be of another sweep: sweep again."
        )
