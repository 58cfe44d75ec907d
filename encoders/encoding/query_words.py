"""Queries without inference: their words in U, and the weights that were learned for these."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from encoders.model.model import EspladeModel
from encoders.vocabulary.vocabulary import words
from ground.halves import mended


def query_terms(model: EspladeModel, text: str, most: int | None = None) -> list[int]:
    """Ids of the words of a query that are in U, each once, ascending; of its first ``most``.

    Where U is made of the tokenizer's pieces, those take the place of words, and of the first
    ``most`` those that stand there again count as well, as they do where such models are trained.
    """
    return sorted(_terms(model, text, most)[0])


def longer_queries(model: EspladeModel, texts: Iterable[str]) -> int:
    """How many queries have more words in U than the model's longest query."""
    most = model.config.query_max_length
    return sum(_terms(model, text, most)[1] for text in texts)


def _terms(model: EspladeModel, text: str, most: int | None) -> tuple[list[int], bool]:
    """Ids of the first words or pieces of a query, and whether there were more."""
    assert model.vocabulary is not None and model.tokenizer is not None
    known = model.vocabulary.ids
    if model.tokenizer.cls_token in known:
        # Word v of U is piece v.
        ids = piece_ids(model.tokenizer, text)
        return list(dict.fromkeys(first(model.tokenizer, ids, most))), len(ids) > (most or len(ids))
    found = list(dict.fromkeys(known[word] for word in words(text) if word in known))
    return found[:most], len(found) > (most or len(found))


def piece_ids(tokenizer: Any, text: str) -> list[int]:
    """Ids of a text's pieces, in order, without special tokens around them, however long it is."""
    ids: list[int] = tokenizer(mended(text), add_special_tokens=False, verbose=False)["input_ids"]
    return ids


def first(tokenizer: Any, ids: list[int], most: int | None) -> list[int]:
    """The pieces that are left of a text that is too long."""
    if most is None or len(ids) <= most:
        return ids
    return ids[-most:] if tokenizer.truncation_side == "left" else ids[:most]


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
    return weighted_rows([query_terms(model, text, most) for text in texts], table, top_k)


def weighted_rows(
    rows: Sequence[list[int]], table: NDArray[np.float32], top_k: int
) -> sparse.csr_array[np.float32, tuple[int, int]]:
    """Rows (texts, |U|), float32, of terms that each have one weight, whatever the text.

    Args:
        rows: ids of the terms of each text, ascending.
        table: (|U|,) float32, not negative; a weight of 0 is no term.
        top_k: the most terms of a text; 0 for all.
    """
    rows = [[term for term in row if table[term] > 0] for row in rows]
    kept = [_largest(np.array(row, dtype=np.int32), table, top_k) for row in rows]
    starts = np.concatenate([[0], np.cumsum([len(row) for row in kept], dtype=np.int64)])
    terms = np.concatenate([*kept, np.empty(0, dtype=np.int32)]).astype(np.int32)
    return sparse.csr_array((table[terms], terms, starts), shape=(len(rows), len(table)))


def _largest(terms: NDArray[np.int32], table: NDArray[np.float32], k: int) -> NDArray[np.int32]:
    """The k terms of the largest weights, ties to the smallest id, ascending; all for 0."""
    if not k or len(terms) <= k:
        return terms
    return np.sort(terms[np.lexsort((terms, -table[terms]))[:k]])
