"""Pooled output weights: log1p(relu(max over real tokens)), then the model's top-k mask.

Some models take the logarithm twice (``saturations``).

`PlainHead` says what is computed, `WinnersHead` computes the same (values and gradients)
without ever holding a (batch, length, |U|) tensor. Both take packed tokens: the vectors of the
real tokens of all texts, one text after the other, without padding and special tokens.

Where the definition has no derivative, both take the same side: of tokens that tie for the
maximum the first one gets the gradient (as ``torch.max`` does), and a logit of exactly 0 gets
none (as ``torch.relu`` does).
"""

from __future__ import annotations

from typing import Any, Protocol

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable
from torch.nn.utils.rnn import pad_sequence

from encoders.model.maxpool import max_logits
from encoders.model.survivors import surviving_pairs, survivors
from encoders.model.winners import scatter_rows, winning_tokens

__all__ = ["PlainHead", "PooledHead", "WinnersHead", "max_logits", "saturated", "survivors"]


def saturated(logits: Tensor, times: int) -> Tensor:
    """Weights of positive pooled logits: log(1 + x), ``times`` over."""
    for _ in range(times):
        logits = logits.log1p()
    return logits


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
    """The definition, in memory B * longest text * |U|: for small inputs and as an oracle.

    Args:
        saturations: how often log(1 + x) is taken of a positive logit.
    """

    def __init__(self, saturations: int = 1) -> None:
        self.saturations = saturations

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
        weights = saturated(torch.relu(pooled), self.saturations)
        return weights * survivors(pooled.detach(), top_k)


class WinnersHead:
    """The definition's values and gradients in memory B * |U|, for one matrix product's time.

    Forward, the maxima are found chunk by chunk over U without gradient (`encoders.model.maxpool`),
    and only the survivors are kept. Backward, the winning token is sought again for those
    survivors whose gradient is not zero, a few thousand of |U| a text (`encoders.model.winners`).

    Args:
        chunk: most elements of an intermediate matrix; by the device when None.
        saturations: how often log(1 + x) is taken of a positive logit.
    """

    def __init__(self, chunk: int | None = None, saturations: int = 1) -> None:
        self.chunk = chunk
        self.saturations = saturations

    def __call__(
        self, tokens: Tensor, lengths: Tensor, weight: Tensor, bias: Tensor, top_k: int | None
    ) -> Tensor:
        """See `PooledHead`; under autocast the products and the result have its lower dtype."""
        kind = tokens.device.type
        if torch.is_autocast_enabled(kind):
            dtype = torch.get_autocast_dtype(kind)
            tokens, weight, bias = tokens.to(dtype), weight.to(dtype), bias.to(dtype)
        with torch.autocast(kind, enabled=False):
            pooled: Tensor = _PooledWeights.apply(  # type: ignore[no-untyped-call]
                tokens, weight, bias, lengths, top_k, self.chunk, self.saturations
            )
        return pooled


class _PooledWeights(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        tokens: Tensor,
        weight: Tensor,
        bias: Tensor,
        lengths: Tensor,
        top_k: int | None,
        chunk: int | None,
        saturations: int,
    ) -> Tensor:
        pooled = max_logits(tokens, lengths, weight, bias, chunk)
        rows, terms = surviving_pairs(pooled, top_k)
        values = saturated(pooled[rows, terms], saturations)
        ctx.save_for_backward(tokens, weight, lengths, rows, terms, values)
        ctx.chunk, ctx.saturations = chunk, saturations
        return pooled.zero_().index_put_((rows, terms), values)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        tokens, weight, lengths, rows, terms, values = ctx.saved_tensors
        # w = log1p(l), so dw/dl = 1 / (1 + l) = exp(-w), and l = expm1(w).
        scale = gradient[rows, terms] * torch.exp(-values)
        for _ in range(ctx.saturations - 1):
            values = torch.expm1(values)
            scale = scale * torch.exp(-values)
        touched = scale.nonzero().squeeze(1)
        rows, terms, scale = rows[touched], terms[touched], scale[touched]
        winners = winning_tokens(tokens, lengths, weight, rows, terms, ctx.chunk)
        to_tokens = scatter_rows(weight, terms, winners, scale, len(tokens))
        to_weight = scatter_rows(tokens, winners, terms, scale, len(weight))
        to_bias = weight.new_zeros(len(weight)).index_add_(0, terms, scale)
        return to_tokens, to_weight, to_bias, None, None, None, None
