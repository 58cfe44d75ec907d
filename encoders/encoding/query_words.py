"""Queries without inference: their words in U, and the weights that were learned for these."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from encoders.model.model import EspladeModel
from encoders.vocabulary.vocabulary import words
from ground.halves import mended


def query_terms(model: EspladeModel, text: str, most: int | None = None) -> list[int]:
    """Ids of the words of a query that are in U, each once, ascending; of its first ``most``.

    Where U is made of the tokenizer's pieces, those take the place of words.
    """
    return sorted(_terms_in_order(model, text)[:most])


def longer_queries(model: EspladeModel, texts: Iterable[str]) -> int:
    """How many queries have more words in U than the model's longest query."""
    most = model.config.query_max_length
    return sum(len(_terms_in_order(model, text)) > most for text in texts)


def _terms_in_order(model: EspladeModel, text: str) -> list[int]:
    assert model.vocabulary is not None and model.tokenizer is not None
    known = model.vocabulary.ids
    by_pieces = model.tokenizer.cls_token in known
    parts: list[str] = model.tokenizer.tokenize(mended(text)) if by_pieces else words(text)
    return list(dict.fromkeys(known[part] for part in parts if part in known))


def idf(documents: Iterable[Sequence[int]], size: int) -> NDArray[np.float32]:
    """Inverse document frequency (|U|,), log(1 + (N - n + .5) / (n + .5)), as in Lucene's BM25."""
    frequency = np.zeros(size, dtype=np.int64)
    total = 0
    for terms in documents:
        frequency[list(terms)] += 1
        total += 1
    return np.log1p((total - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)


def weigh_queries(
    model: EspladeModel, texts: Sequence[str], top_k: int
) -> sparse.csr_array[np.float32, tuple[int, int]]:
    """Rows (texts, |U|), float32, of queries of an inference-free model, without any forward."""
    assert model.term_weights is not None
    most = model.config.query_max_length
    table = model.term_weights.weights().detach().float().cpu().numpy()
    rows = [query_terms(model, text, most) for text in texts]
    # Weights of other makers may be 0, which is no term.
    rows = [[term for term in row if table[term] > 0] for row in rows]
    kept = [_largest(np.array(row, dtype=np.int32), table, top_k) for row in rows]
    starts = np.concatenate([[0], np.cumsum([len(row) for row in kept], dtype=np.int64)])
    terms = np.concatenate([*kept, np.empty(0, dtype=np.int32)]).astype(np.int32)
    return sparse.csr_array((table[terms], terms, starts), shape=(len(texts), len(table)))


def _largest(terms: NDArray[np.int32], table: NDArray[np.float32], k: int) -> NDArray[np.int32]:
    """The k terms of the largest weights, ties to the smallest id, ascending; all for 0."""
    if not k or len(terms) <= k:
        return terms
    return np.sort(terms[np.lexsort((terms, -table[terms]))[:k]])
