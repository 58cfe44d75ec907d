"""Sparse rows from the (text, term, weight) triples of batches in any order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ground.errors import InputError

Triples = tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float32]]
"""Texts, terms, weights, (nnz,) each; of a text together, by ascending term."""


def check_finite(weights: NDArray[np.float32]) -> None:
    """Refuse weights that are no numbers.

    Raises:
        InputError: some are infinite or NaN.
    """
    if not np.isfinite(weights).all():
        raise InputError(
            "The encoder computed weights that are not finite numbers. Its folder is damaged or "
            "its training diverged: take an earlier checkpoint or train it again. (With "
            "--precision float16 large numbers overflow: then use float32 or bfloat16.)"
        )


def assemble(parts: Sequence[Triples], shape: tuple[int, int]) -> sparse.csr_array:
    """The rows of all texts, float32, (texts, |U|)."""
    if not parts:
        return _matrix(((), (), np.zeros(shape[0] + 1)), shape)
    rows, terms, weights = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.argsort(rows, kind="stable")
    counts = np.bincount(rows, minlength=shape[0])
    starts = np.concatenate([[0], np.cumsum(counts)])
    return _matrix((weights[order], terms[order], starts), shape)


def _matrix(parts: Any, shape: tuple[int, int]) -> sparse.csr_array[Any, tuple[int, int]]:
    weights, terms, starts = parts
    matrix: sparse.csr_array[Any, tuple[int, int]] = sparse.csr_array(
        (np.asarray(weights, dtype=np.float32), np.asarray(terms, dtype=np.int32), starts),
        shape=shape,
    )
    return matrix
