"""Gradients of max-pooled logits, through the winning tokens of given (text, term) pairs only."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn.functional import embedding_bag

from encoders.model.maxpool import chunk_elements


def winning_tokens(
    tokens: Tensor,
    lengths: Tensor,
    weight: Tensor,
    rows: Tensor,
    terms: Tensor,
    chunk: int | None = None,
) -> Tensor:
    """Packed position of the token with the largest logit for each (text, term) pair.

    Ties go to the first token of the text, as in ``torch.max``: the definition's gradient.

    Args:
        tokens: (T, H) float, packed.
        lengths: (B,) int64 on the CPU, tokens of each text.
        weight: (|U|, H) float.
        rows: (nnz,) int64, ascending; texts that have tokens.
        terms: (nnz,) int64.
        chunk: most elements of gathered rows of ``weight`` held at a time.

    Returns:
        (nnz,) int64.
    """
    winners = torch.empty_like(terms)
    for start, pairs, scores in _scores(tokens, lengths, weight, rows, terms, chunk):
        winners[pairs] = scores.argmax(dim=0) + start
    return winners


def pair_logits(
    tokens: Tensor, lengths: Tensor, weight: Tensor, rows: Tensor, terms: Tensor
) -> Tensor:
    """Largest z_i . E_v over the tokens of a text for each (text, term) pair, (nnz,) float.

    See `winning_tokens` for the arguments.
    """
    logits = weight.new_empty(len(terms))
    for _, pairs, scores in _scores(tokens, lengths, weight, rows, terms, None):
        logits[pairs] = scores.amax(dim=0)
    return logits


def scatter_rows(table: Tensor, source: Tensor, target: Tensor, scale: Tensor, size: int) -> Tensor:
    """Row r of the result is the sum of scale * table[source] over the pairs whose target is r.

    A bag of rows is summed without ever holding one row a pair, as `index_add` would.

    Args:
        table: (n, H) float.
        source: (nnz,) int64, rows of ``table``.
        target: (nnz,) int64, rows of the result, in any order.
        scale: (nnz,) float, of the dtype of ``table``.
        size: rows of the result.

    Returns:
        (size, H), of the dtype of ``table``.
    """
    order = target.argsort(stable=True)
    ends = torch.bincount(target, minlength=size).cumsum(0)
    offsets = torch.cat([ends.new_zeros(1), ends])
    return embedding_bag(
        source[order],
        table,
        offsets,
        mode="sum",
        per_sample_weights=scale[order],
        include_last_offset=True,
    )


def _scores(
    tokens: Tensor,
    lengths: Tensor,
    weight: Tensor,
    rows: Tensor,
    terms: Tensor,
    chunk: int | None,
) -> Iterator[tuple[int, slice, Tensor]]:
    """(first token of a text, slice of its pairs, their (length, pairs) logits without bias)."""
    counts = torch.bincount(rows, minlength=len(lengths)).tolist()
    size = max(1, (chunk or chunk_elements(tokens.device)) // max(1, tokens.shape[1]))
    starts = (lengths.cumsum(0) - lengths).tolist()
    at = 0
    for start, length, count in zip(starts, lengths.tolist(), counts, strict=True):
        text = tokens[start : start + length]
        for low in range(at, at + count, size):
            pairs = slice(low, min(low + size, at + count))
            yield start, pairs, text @ weight.index_select(0, terms[pairs]).T
        at += count
