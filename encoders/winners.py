"""Gradients of max-pooled logits, through the winning tokens of given (text, term) pairs only."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn.functional import embedding_bag

from encoders.maxpool import chunk_elements


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
    counts = torch.bincount(rows, minlength=len(lengths)).cpu()
    size = max(1, (chunk or chunk_elements(tokens.device)) // max(1, tokens.shape[1]))
    ends = lengths.cumsum(0).tolist()
    for row, pairs in _blocks(counts, size):
        start = ends[row] - int(lengths[row])
        scores = tokens[start : ends[row]] @ weight.index_select(0, terms[pairs]).T
        winners[pairs] = scores.argmax(dim=0) + start
    return winners


def token_gradient(weight: Tensor, winners: Tensor, terms: Tensor, scale: Tensor, n: int) -> Tensor:
    """sum over pairs of scale * E_term at the pair's winning token: (n, H), dtype of ``weight``."""
    return _scatter(weight, terms, winners, scale, n)


def weight_gradient(tokens: Tensor, winners: Tensor, terms: Tensor, scale: Tensor, n: int) -> Tensor:
    """sum over pairs of scale * z_winner at the pair's term: (n, H), dtype of ``tokens``."""
    return _scatter(tokens, winners, terms, scale, n)


def _scatter(table: Tensor, source: Tensor, target: Tensor, scale: Tensor, n: int) -> Tensor:
    """Rows r of the result are sum of scale * table[source] over the pairs whose target is r.

    A bag of rows is summed without ever holding one row a pair, which `index_add` needs.
    """
    order = target.argsort(stable=True)
    ends = torch.bincount(target, minlength=n).cumsum(0)
    offsets = torch.cat([ends.new_zeros(1), ends])
    return embedding_bag(
        source[order],
        table,
        offsets,
        mode="sum",
        per_sample_weights=scale[order],
        include_last_offset=True,
    )


def _blocks(counts: Tensor, size: int) -> Iterator[tuple[int, slice]]:
    """(text, slice of its pairs), no slice longer than ``size``."""
    at = 0
    for row, count in enumerate(counts.tolist()):
        for low in range(at, at + count, size):
            yield row, slice(low, min(low + size, at + count))
        at += count
