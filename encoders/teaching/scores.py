"""Scores of teachers for every query and document of a batch, as products of their vectors.

A dense model's scores are cosines or inner products, BM25's are shares between 0 and 1 (see
`encoders.teaching.lexical`); of several teachers the scores are added.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Ints = NDArray[np.int64]


class Teacher(Protocol):
    """Gives vectors whose products are its scores."""

    def queries(self, texts: Sequence[str]) -> Any:
        """(n, width) of queries: a float32 array, or sparse rows."""

    def documents(self, texts: Sequence[str]) -> Any:
        """(n, width) of documents, likewise."""


class TeacherScores:
    """Scores by numbers of queries and documents.

    Args:
        parts: vectors of all queries (Q, n) and all documents (D, n) of each teacher, dense
            arrays or sparse rows.
    """

    def __init__(self, parts: Sequence[tuple[Any, Any]]) -> None:
        self.parts = list(parts)

    def __call__(self, queries: Ints, documents: Ints) -> Tensor:
        """(len(queries), len(documents)) float32."""
        total = np.zeros((len(queries), len(documents)), dtype=np.float32)
        for of_queries, of_documents in self.parts:
            product = of_queries[queries] @ of_documents[documents].T
            total += product.toarray() if hasattr(product, "toarray") else product
        return torch.from_numpy(total)
