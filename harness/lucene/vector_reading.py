"""Vectors on their way to an index: arrays mapped from disk, so that memory stays flat.

The kernel reads what is in order, many times faster than Python can. Whatever is out of the
ordinary, be it an error or only unusual, is left to `harness.vectors.read_vectors`, which says
what is wrong and where.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp

from ground.errors import IntegrityError
from harness.lucene.json_reading import JsonReading
from harness.lucene.packing import Reader
from harness.vectors import read_vectors
from harness.vectors.account import Account, check_account, total
from harness.vectors.model import Vectors
from harness.vectors.records import is_too_long

_BLOCK = 1 << 16
"""Rows that are brought into canonical form together."""


def read_documents(
    path: Path, begun: JsonReading | None, progress: Callable[[int], None] | None = None
) -> Vectors:
    """Read vectors by the fastest way that there is for them.

    Args:
        path: as for `read_vectors`.
        begun: a reading of the same path that has begun already.
        progress: called with the number of vectors read since the last call.

    Raises:
        InputError: as `read_vectors`.
        IntegrityError: a count of the files' lines and bytes gives others than were read.
        LuceneError: the disk is full, for instance.
    """
    packed = begun.result(progress) if begun else None
    found = _read(begun, Reader(packed)) if begun and packed is not None else None
    if found is not None:
        return found
    if begun:
        begun.close()  # the slower reader has a count of its own
    return read_vectors(path, progress)


def _read(begun: JsonReading, reader: Reader) -> Vectors | None:
    """What the kernel read, when it agrees with the count; None if its texts are unusable."""
    found = _vectors(begun.folder, reader)
    if found is None:
        return None
    numbers = reader.array(4 * len(begun.files), "<i8").reshape(-1, 4).tolist()
    accounts = [Account(*of_file) for of_file in numbers]
    for path, read, counted in zip(begun.files, accounts, begun.counted(), strict=True):
        check_account(path, read, counted)
    account = total(accounts)
    if account.documents != len(found.ids):
        raise IntegrityError(
            f"{len(found.ids):,} vectors came of {account.documents:,} lines. Nothing was written."
        )
    return replace(found, account=account)


def _vectors(folder: Path, reader: Reader) -> Vectors | None:
    integers, zeros = reader.integer() == 1, int(reader.array(1, "<i8")[0])
    rows = reader.integer()
    indptr = np.concatenate(([0], np.cumsum(reader.array(rows, "<i4"), dtype=np.int64)))
    ids, terms = reader.strings(), reader.strings()
    unusable = any(text.split() != [text] for text in (*terms, *ids))
    if not rows or unusable or len(set(ids)) < rows or any(map(is_too_long, ids)):
        return None
    size = int(indptr[-1])
    columns, weights = (
        _array(folder / "columns", "<i4", size),
        _array(folder / "weights", "<f4", size),
    )
    if integers:
        weights = _as_integers(weights)
    order = sorted(range(len(terms)), key=terms.__getitem__)
    _canonical(indptr, columns, weights, np.argsort(order).astype(np.int32))
    matrix = sp.csr_array((weights, columns, indptr), shape=(rows, len(terms)))
    matrix.has_sorted_indices = True
    return Vectors(ids, [terms[i] for i in order], matrix, zeros)


def _array(path: Path, dtype: str, size: int) -> Any:
    if not size:
        return np.empty(0, dtype)
    return np.memmap(path, dtype=dtype, mode="r+", shape=(size,))


def _as_integers(weights: Any) -> Any:
    """The same memory, with every float32 replaced by the int32 of its value."""
    values = weights.view("<i4")
    for start in range(0, len(weights), _BLOCK):
        values[start : start + _BLOCK] = weights[start : start + _BLOCK]
    return values


def _canonical(indptr: Any, columns: Any, weights: Any, place: Any) -> None:
    """Give columns their places in the order of terms, and sort every row by them, in place."""
    for start in range(0, len(indptr) - 1, _BLOCK):
        ends = indptr[start : start + _BLOCK + 1]
        span = slice(int(ends[0]), int(ends[-1]))
        moved, shape = place[columns[span]], (len(ends) - 1, len(place))
        part = sp.csr_array((np.asarray(weights[span]), moved, ends - ends[0]), shape=shape)
        part.sort_indices()
        columns[span], weights[span] = part.indices, part.data
