"""BM25 as vectors: a document's weights are what Lucene's BM25 adds for its terms.

The product of a document's vector with a query's bag of words is its BM25 score, so that BM25 can
be pruned, quantised, indexed as impacts and searched by the same algorithms as learned weights: one
engine, one latency. idf and saturation are Lucene's (Kamphuis et al., ECIR 2020), and so are
lengths, which it keeps in one byte::

    w(t, d) = ln(1 + (N - df + 0.5) / (df + 0.5)) * tf / (tf + k1 * (1 - b + b * dl / avgdl))
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from harness.lucene.text_index import K1, B
from harness.vectors.model import Vectors, sort_terms

if TYPE_CHECKING:
    from harness.lucene.text_index import TextIndex

_FREE = 24
"""Lengths below this are kept as they are (Lucene's SmallFloat.intToByte4)."""
_BITS = 3
"""Of longer ones, the bits that are kept after the leading one."""


def document_vectors(
    index: TextIndex, texts: Mapping[str, str], k1: float = K1, b: float = B
) -> Vectors:
    """BM25's weights of documents.

    Args:
        index: the text index of these documents, whose statistics are used.
        texts: all of its documents, by id.
        k1: saturation of term frequency.
        b: how much the length of a document counts, 0 to 1.

    Returns:
        Vectors over the index's terms, float32.
    """
    counts = _counts(index, texts)
    total = int(counts.sum())
    # As Lucene counts: documents without a term are none.
    documents = int(np.count_nonzero(np.diff(counts.indptr)))
    df = np.bincount(counts.indices, minlength=counts.shape[1])
    return _weighted(index, list(texts), counts, Statistics(documents, total, df), k1, b)


def listed_vectors(
    index: TextIndex, texts: Mapping[str, str], k1: float = K1, b: float = B
) -> Vectors:
    """BM25's weights of some documents of an index, by what the index counted of all of them.

    Args:
        index: the text index that they are in.
        texts: of the documents that are asked for, by id.
        k1: saturation of term frequency.
        b: how much the length of a document counts, 0 to 1.

    Returns:
        Vectors over the index's terms, float32.
    """
    total = int(index.manifest["impact_sum"])
    known = Statistics(index.documents_with_terms(), total, index.document_frequency)
    return _weighted(index, list(texts), _counts(index, texts), known, k1, b)


class Statistics(NamedTuple):
    """What BM25 knows of a collection.

    Attributes:
        documents: those that hold a term.
        length: terms of all documents, with repetition.
        df: documents that hold each term, shape (terms,).
    """

    documents: int
    length: int
    df: NDArray[np.int64]


def _weighted(
    index: TextIndex, ids: list[str], counts: Any, known: Statistics, k1: float, b: float
) -> Vectors:
    documents = max(known.documents, 1)
    average = max(known.length / documents, 1e-9)
    idf = np.log1p((documents - known.df + 0.5) / (known.df + 0.5))
    lengths = np.asarray(counts.sum(axis=1), dtype=np.float64).ravel()
    norm = k1 * (1 - b + b * kept_length(lengths.astype(np.int64)) / average)
    tf = counts.data.astype(np.float64)
    rows = np.repeat(norm, np.diff(counts.indptr))
    weights = (idf[counts.indices] * tf / (tf + rows)).astype(np.float32)
    matrix = sp.csr_array((weights, counts.indices, counts.indptr), shape=counts.shape)
    return sort_terms(ids, list(index.terms), matrix)


def query_vectors(index: TextIndex, queries: Mapping[str, str]) -> Vectors:
    """Queries as bags of the index's terms: how often each stands there, float32."""
    counts = _counts(index, queries).astype(np.float32)
    return sort_terms(list(queries), list(index.terms), counts)


def kept_length(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """Lengths as Lucene's norms keep them: exact below 24, four significant bits of the rest."""
    rest = np.maximum(lengths - _FREE, 0)
    bits = np.frexp(rest.astype(np.float64))[1]
    shift = np.maximum(bits - (_BITS + 1), 0)
    return np.where(lengths < _FREE, lengths, _FREE + ((rest >> shift) << shift))


def _counts(index: TextIndex, texts: Mapping[str, str]) -> Any:
    """How often each of the index's terms stands in each text: (texts, terms)."""
    batch = index.analyze(texts)
    places = np.fromiter((index.columns[term] for term in batch.terms), np.int64, len(batch.terms))
    matrix = sp.csr_array(
        (batch.weights, places[batch.columns], batch.indptr), shape=(len(texts), len(index.terms))
    )
    matrix.sum_duplicates()
    return matrix
