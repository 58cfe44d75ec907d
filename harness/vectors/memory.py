"""Vectors from and to what other programs hold in memory: dictionaries and sparse matrices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import scipy.sparse as sp

from ground.errors import InputError
from ground.reading import fault_of_id
from harness.vectors.model import MAX_IMPACT, Vectors, sort_terms


def from_dicts(vectors: Mapping[str, Mapping[str, float]]) -> Vectors:
    """Vectors from weight by term by id.

    Raises:
        InputError: as `from_matrix`.
    """
    terms = sorted({term for vector in vectors.values() for term in vector})
    place = {term: column for column, term in enumerate(terms)}
    indptr = np.cumsum([0, *(len(vector) for vector in vectors.values())])
    columns = [place[term] for vector in vectors.values() for term in vector]
    weights = [weight for vector in vectors.values() for weight in vector.values()]
    if bad := next((w for w in weights if isinstance(w, bool | str) or w is None), None):
        raise InputError(f"The weight {bad!r} is no number.")
    matrix = sp.csr_array(
        (np.asarray(weights), np.asarray(columns, dtype=np.int32), indptr),
        shape=(len(vectors), len(terms)),
    )
    return from_matrix(matrix, list(vectors), terms)


def from_matrix(matrix: Any, ids: Sequence[str], terms: Sequence[str]) -> Vectors:
    """Vectors from a matrix that scipy knows, (ids, terms); integers are impacts.

    Raises:
        InputError: another shape; ids or terms that are none or occur twice; weights that are
            below 0, not finite, or impacts beyond 2^24 - 1.
    """
    rows = sp.csr_array(matrix, copy=True)
    if rows.shape != (len(ids), len(terms)):
        raise InputError(
            f"A matrix of shape {rows.shape} has no place for {len(ids):,} ids and "
            f"{len(terms):,} terms."
        )
    _check_names("id", ids)
    _check_names("term", terms)
    is_whole = np.issubdtype(rows.dtype, np.integer)
    if not is_whole and not np.issubdtype(rows.dtype, np.floating):
        raise InputError(f"Weights of type {rows.dtype} are none: give floats or integers.")
    _check_weights(rows, ids, terms, MAX_IMPACT if is_whole else float(np.finfo(np.float32).max))
    before = rows.nnz
    rows.sum_duplicates()
    rows = rows.astype(np.int32 if is_whole else np.float32)
    zeros = int(np.count_nonzero(rows.data == 0))
    rows.eliminate_zeros()
    assert rows.nnz + zeros <= before
    return sort_terms(list(ids), list(terms), rows, zeros)


def to_dicts(vectors: Vectors) -> dict[str, dict[str, float]]:
    """Weight by term by id, the largest first; equal ones by term."""
    matrix, found = vectors.matrix, {}
    for row, name in enumerate(vectors.ids):
        span = slice(matrix.indptr[row], matrix.indptr[row + 1])
        weights, columns = matrix.data[span], matrix.indices[span]
        order = np.lexsort((columns, -weights))
        found[name] = {vectors.terms[columns[i]]: weights[i].item() for i in order}
    return found


def _check_names(what: str, names: Sequence[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if not isinstance(name, str):
            raise InputError(f"The {what} {name!r} is no string.")
        if fault := fault_of_id(name):
            raise InputError(f"A vector's {what} cannot be used: {fault}")
        if name in seen:
            raise InputError(f"The {what} {name!r} occurs twice. Each stands once.")
        seen.add(name)


def _check_weights(
    rows: sp.csr_array, ids: Sequence[str], terms: Sequence[str], largest: float
) -> None:
    usable = np.isfinite(rows.data) & (rows.data >= 0) & (rows.data <= largest)
    if usable.all():
        return
    place = int(np.flatnonzero(~usable)[0])
    row = int(np.searchsorted(rows.indptr, place, side="right")) - 1
    raise InputError(
        f"The vector {ids[row]!r} gives the term {terms[rows.indices[place]]!r} the weight "
        f"{rows.data[place]!s}. Weights are numbers from 0 to {largest:g}."
    )
