"""Vectors as lsr-benchmark and TIREx exchange them: CSR arrays in ``.npz``, ids beside them.

::

    DIR/doc/doc-embeddings.npz       data, indices, indptr
    DIR/doc/doc-ids.txt              a line a row
    DIR/query/query-embeddings.npz, DIR/query/query-ids.txt
    DIR/terms.txt                    ours: the terms by column, a line each; others leave it out

Columns are numbers there; without our file of terms, a term is its column's number.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp

from ground.artifacts import atomic_binary, atomic_text
from ground.errors import InputError
from ground.reading.lines import lines
from harness.vectors.memory import from_matrix
from harness.vectors.model import Vectors

SIDES = ("doc", "query")
_ARRAYS = ("data", "indices", "indptr")
TERMS = "terms.txt"


def embeddings(path: Path) -> Path | None:
    """The arrays that a path stands for: the file itself, or the one in a folder; None if none.

    Raises:
        InputError: a folder of both documents and queries.
    """
    if path.name.endswith("-embeddings.npz"):
        return path if path.is_file() else None
    found = [path / f"{side}-embeddings.npz" for side in SIDES]
    found = [file for file in found if file.is_file()]
    if not found and any((path / side / f"{side}-embeddings.npz").is_file() for side in SIDES):
        raise InputError(
            f"{path} holds the vectors of both documents and queries: give {path / 'doc'} or "
            f"{path / 'query'}."
        )
    return found[0] if len(found) == 1 else None


def read(file: Path) -> Vectors:
    """Read one side.

    Args:
        file: ``doc-embeddings.npz`` or ``query-embeddings.npz``.

    Raises:
        InputError: an array is missing or fits no other, ids are missing or too few, a weight is
            none; names the file.
    """
    arrays = _load(file)
    ids = _ids(file.with_name(file.name.replace("-embeddings.npz", "-ids.txt")))
    data, indices, indptr = (arrays[name] for name in _ARRAYS)
    if fault := _fault(data, indices, indptr, len(ids)):
        raise InputError(f"{file}: {fault} It is damaged, or not of these ids: get it again.")
    names = _terms(file.parent.parent / TERMS, int(indices.max(initial=-1)) + 1)
    if data.dtype.kind == "f":
        data = data.astype(np.float32)
    elif data.dtype.kind in "iu":
        data = data.astype(np.int64)
    matrix = sp.csr_array((data, indices.astype(np.int64), indptr), shape=(len(ids), len(names)))
    try:
        return from_matrix(matrix, ids, names)
    except InputError as error:
        raise InputError(f"{file}: {error}") from None


def write(documents: Vectors, queries: Vectors | None, out: Path) -> int:
    """Write both sides, over the same columns, into a folder that is there.

    Args:
        documents: their vectors.
        queries: those of the queries; None for documents alone.
        out: the folder.

    Returns:
        How many columns there are.
    """
    given = {"doc": documents} if queries is None else {"doc": documents, "query": queries}
    terms = sorted({term for vectors in given.values() for term in vectors.terms})
    place = {term: column for column, term in enumerate(terms)}
    with atomic_text(out / TERMS) as stream:
        stream.writelines(f"{term}\n" for term in terms)
    for side, vectors in given.items():
        folder = out / side
        folder.mkdir(parents=True, exist_ok=True)
        columns = np.array([place[term] for term in vectors.terms], dtype=np.int32)
        matrix = vectors.matrix
        with atomic_binary(folder / f"{side}-embeddings.npz") as stream:
            np.savez_compressed(
                stream,
                data=matrix.data,
                indices=columns[matrix.indices] if len(columns) else matrix.indices,
                indptr=matrix.indptr.astype(np.int64),
            )
        with atomic_text(folder / f"{side}-ids.txt") as lines_:
            lines_.writelines(f"{name}\n" for name in vectors.ids)
    return len(terms)


def _load(file: Path) -> dict[str, Any]:
    try:
        # Pickles are never run.
        with np.load(file, allow_pickle=False) as found:
            missing = [name for name in _ARRAYS if name not in found]
            if missing:
                raise InputError(f"{file} has no array {missing[0]!r}; it needs {_ARRAYS}.")
            arrays = {name: np.asarray(found[name]) for name in _ARRAYS}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, KeyError) as error:
        raise InputError(
            f"{file} cannot be read as NumPy's .npz ({error}). Get it again."
        ) from None
    if odd := next((n for n, a in arrays.items() if a.ndim != 1), None):
        raise InputError(f"{file}: the array {odd!r} is not flat. Its rows are CSR's.")
    return arrays


def _ids(file: Path) -> list[str]:
    found = []
    for _, line in lines(file):
        found.append(line.strip())
    return found


def _terms(file: Path, columns: int) -> list[str]:
    if not file.is_file():
        return [str(column) for column in range(columns)]
    names = [line for _, line in lines(file)]
    if len(names) < columns:
        raise InputError(f"{file} names {len(names):,} terms, and there are {columns:,} columns.")
    return names


def _fault(data: Any, indices: Any, indptr: Any, rows: int) -> str | None:
    """Why arrays are no matrix of so many rows."""
    if data.dtype.kind not in "fiu":
        return f"weights of type {data.dtype} are none."
    if indices.dtype.kind not in "iu" or indptr.dtype.kind not in "iu":
        return "indices or indptr are no whole numbers."
    if len(indptr) != rows + 1:
        return f"there are {rows:,} ids and {max(len(indptr) - 1, 0):,} rows."
    if indptr[0] != 0 or indptr[-1] != len(indices) or (np.diff(indptr.astype(np.int64)) < 0).any():
        return "indptr does not count up to the number of indices."
    if len(data) != len(indices):
        return f"{len(data):,} weights stand beside {len(indices):,} columns."
    if len(indices) and (int(indices.min()) < 0 or int(indices.max()) >= 2**31):
        return "a column's number is below 0, or too large."
    return None
