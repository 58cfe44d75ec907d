"""BM25 as a teacher, over the words that U is counted in: a product of sparse vectors.

score(q, d) = sum over words w of q of idf(w) * tf / (tf + k1 * (1 - b + b * |d| / mean |d|)), with
idf(w) = log(1 + (N - n_w + .5) / (n_w + .5)) (Robertson and Zaragoza, 2009; Lucene's form), divided
by the sum of the idf of the words of q, so that it lies between 0 and 1: a share of what a document
could reach at most.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from encoders.vocabulary.vocabulary import words

Rows = sparse.csr_array[Any, tuple[int, int]]


class Bm25Teacher:
    """BM25 over a collection.

    Args:
        documents: its contents; they decide idf and mean length.
        k1: of BM25.
        b: of BM25.
    """

    def __init__(self, documents: Sequence[str], k1: float = 0.9, b: float = 0.4) -> None:
        self.k1, self.b = k1, b
        counted = [Counter(words(text)) for text in documents]
        lengths = np.array([sum(counts.values()) for counts in counted], dtype=np.float64)
        self.mean_length = float(lengths.mean()) if len(lengths) else 0.0
        self.ids: dict[str, int] = {}
        frequency: Counter[str] = Counter()
        for counts in counted:
            frequency.update(counts.keys())
        for word in sorted(frequency):
            self.ids[word] = len(self.ids)
        n = np.array([frequency[word] for word in self.ids], dtype=np.float64)
        self.idf: NDArray[np.float64] = np.log1p((len(documents) - n + 0.5) / (n + 0.5))

    def queries(self, texts: Sequence[str]) -> Rows:
        """(n, words) float32: idf of each query's words, as shares that add up to 1.

        A word that no document has counts for nothing.
        """
        rows = []
        for text in texts:
            known = sorted({self.ids[w] for w in words(text) if w in self.ids})
            weights = self.idf[known]
            rows.append((known, weights / max(weights.sum(), 1e-12)))
        return _rows(rows, len(self.ids))

    def documents(self, texts: Sequence[str]) -> Rows:
        """(n, words) float32: saturated frequencies."""
        rows = []
        for text in texts:
            counts = Counter(self.ids[w] for w in words(text) if w in self.ids)
            length = sum(counts.values())
            norm = self.k1 * (1 - self.b + self.b * length / max(self.mean_length, 1e-12))
            known = sorted(counts)
            often = np.array([counts[w] for w in known], dtype=np.float64)
            rows.append((known, often / (often + norm)))
        return _rows(rows, len(self.ids))


def _rows(rows: Sequence[tuple[list[int], NDArray[np.float64]]], width: int) -> Rows:
    starts = np.concatenate([[0], np.cumsum([len(ids) for ids, _ in rows], dtype=np.int64)])
    columns = np.concatenate([np.empty(0), *(np.array(ids, dtype=np.float64) for ids, _ in rows)])
    values = np.concatenate([np.empty(0), *(values for _, values in rows)])
    return sparse.csr_array(
        (values.astype(np.float32), columns.astype(np.int32), starts), shape=(len(rows), width)
    )
