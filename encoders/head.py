"""Pooled output weights: log1p(relu(max over real tokens)), then the model's top-k mask.

`PlainHead` says what is computed, `WinnersHead` computes the same (values and gradients)
without ever holding a (batch, length, |U|) tensor. Both take packed tokens: the vectors of the
real tokens of all texts, one text after the other, without padding and special tokens.
"""

from __future__ import annotations

from typing import Any, Protocol

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

CHUNK_ELEMENTS = 1 << 22
"""Logits held at a time while winners are sought (float32: 16 MB)."""


class PooledHead(Protocol):
    """From packed token vectors to one weight vector a text."""

    def __call__(
        self, tokens: Tensor, lengths: Tensor, weight: Tensor, bias: Tensor, top_k: int | None
    ) -> Tensor:
        """Pool the logits of each text.

        Args:
            tokens: (T, H) float, transformed vectors z of the real tokens of all texts, packed.
            lengths: (B,) int64 on the CPU, real tokens of each text; they add up to T.
            weight: (|U|, H) float, the output embedding E.
            bias: (|U|,) float, the output bias b.
            top_k: keep the k largest weights of each text, ties to the smallest term id;
                all when None or 0.

        Returns:
            (B, |U|) float, non-negative; gradient flows to the surviving positive weights only.
        """
        ...


class PlainHead:
    """The definition, in memory B * longest text * |U|: for small inputs and as an oracle."""

    def __call__(
        self, tokens: Tensor, lengths: Tensor, weight: Tensor, bias: Tensor, top_k: int | None
    ) -> Tensor:
        """See `PooledHead`."""
        logits = tokens @ weight.T + bias
        parts = torch.split(logits, lengths.tolist())
        padded = pad_sequence(list(parts), batch_first=True, padding_value=float("-inf"))
        if padded.shape[1] == 0:
            return logits.new_zeros(len(lengths), 1) * bias
        pooled = padded.max(dim=1).values
        return torch.log1p(torch.relu(pooled)) * survivors(pooled.detach(), top_k)


class WinnersHead:
    """Find the winning (token, term) pairs without gradient, then recompute only those with it.

    The search runs in chunks over U and over texts of equal length, so that its memory is
    bounded and nothing is spent on padding.
    """

    def __init__(self, chunk_elements: int = CHUNK_ELEMENTS) -> None:
        self.chunk_elements = chunk_elements

    def __call__(
        self, tokens: Tensor, lengths: Tensor, weight: Tensor, bias: Tensor, top_k: int | None
    ) -> Tensor:
        """See `PooledHead`."""
        with torch.no_grad():
            pooled = max_logits(tokens, lengths, weight, bias, self.chunk_elements)
            rows, terms = survivors(pooled, top_k).nonzero(as_tuple=True)
            winners = self._winners(tokens, lengths, weight, rows, terms)
        logits: Tensor = _WinnerLogits.apply(  # type: ignore[no-untyped-call]
            tokens, weight, bias, winners, terms
        )
        values = torch.log1p(torch.relu(logits))
        return pooled.new_zeros(pooled.shape).index_put((rows, terms), values)

    def _winners(
        self, tokens: Tensor, lengths: Tensor, weight: Tensor, rows: Tensor, terms: Tensor
    ) -> Tensor:
        """(nnz,) the packed position of the token that wins each surviving (text, term) pair."""
        ends = lengths.cumsum(0)
        counts = torch.bincount(rows, minlength=len(lengths)).cpu()
        winners = torch.empty_like(terms)
        for row, part in enumerate(_bounds(counts)):
            if part.stop > part.start:
                start = int(ends[row] - lengths[row])
                scores = tokens[start : int(ends[row])] @ weight[terms[part]].T
                winners[part] = scores.argmax(dim=0) + start
        return winners


class _WinnerLogits(torch.autograd.Function):
    """l = z_i . E_v + b_v for given pairs (i, v), in blocks of pairs forward and backward."""

    @staticmethod
    def forward(
        ctx: Any, tokens: Tensor, weight: Tensor, bias: Tensor, winners: Tensor, terms: Tensor
    ) -> Tensor:
        ctx.save_for_backward(tokens, weight, winners, terms)
        logits = bias[terms]
        for block in _blocks(len(terms), tokens.shape[1]):
            logits[block] += (tokens[winners[block]] * weight[terms[block]]).sum(dim=1)
        return logits

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        tokens, weight, winners, terms = ctx.saved_tensors
        to_tokens, to_weight = torch.zeros_like(tokens), torch.zeros_like(weight)
        to_bias = weight.new_zeros(len(weight)).index_add_(0, terms, gradient)
        for block in _blocks(len(terms), tokens.shape[1]):
            scale = gradient[block, None]
            to_tokens.index_add_(0, winners[block], scale * weight[terms[block]])
            to_weight.index_add_(0, terms[block], scale * tokens[winners[block]])
        return to_tokens, to_weight, to_bias, None, None


def max_logits(
    tokens: Tensor,
    lengths: Tensor,
    weight: Tensor,
    bias: Tensor,
    chunk_elements: int = CHUNK_ELEMENTS,
) -> Tensor:
    """Raw max-pooled logits, (B, |U|) float; -inf for a text without real tokens.

    The bias does not depend on the token, so it is added after the maximum.
    """
    pooled = tokens.new_full((len(lengths), len(bias)), float("-inf"))
    starts = lengths.cumsum(0) - lengths
    for length in sorted(set(lengths.tolist())):
        if length == 0:
            continue
        texts = (lengths == length).nonzero().squeeze(1)
        positions = starts[texts, None] + torch.arange(length)
        group = tokens[positions.flatten().to(tokens.device)]
        width = max(1, chunk_elements // len(group))
        for low in range(0, len(bias), width):
            high = min(low + width, len(bias))
            logits = group @ weight[low:high].T
            best = logits.view(len(texts), length, high - low).amax(dim=1)
            pooled[texts.to(tokens.device), low:high] = best + bias[low:high]
    return pooled


def survivors(pooled: Tensor, top_k: int | None) -> Tensor:
    """Mask (B, |U|) bool of the positive entries among the k largest of each row of raw logits.

    Ties at the cut go to the smallest term id, so that the mask is always the same mask.
    """
    positive = pooled > 0
    if not top_k or top_k >= pooled.shape[1]:
        return positive
    crowded = (positive.sum(dim=1) > top_k).nonzero().squeeze(1)
    if len(crowded):
        positive[crowded] = _largest(pooled[crowded], top_k)
    return positive


def _largest(values: Tensor, k: int) -> Tensor:
    """Mask of the k largest entries of each row, ties to the smallest column."""
    least = values.topk(k, dim=1).values[:, -1:]
    mask = values >= least
    tied = (mask.sum(dim=1) > k).nonzero().squeeze(1)
    if len(tied):
        above = values[tied] > least[tied]
        equal = values[tied] == least[tied]
        room = k - above.sum(dim=1, keepdim=True)
        mask[tied] = above | (equal & (equal.cumsum(dim=1) <= room))
    return mask


def _bounds(counts: Tensor) -> list[slice]:
    ends = counts.cumsum(0).tolist()
    return [slice(end - n, end) for end, n in zip(ends, counts.tolist(), strict=True)]


def _blocks(pairs: int, width: int) -> list[slice]:
    size = max(1, CHUNK_ELEMENTS // max(1, width))
    return [slice(low, low + size) for low in range(0, pairs, size)]
