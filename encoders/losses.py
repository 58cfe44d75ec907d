"""Ranking with in-batch negatives, the FLOPS regularisers, and their quadratic schedule."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy


def in_batch_loss(
    queries: Tensor, documents: Tensor, *, blocked: Tensor | None = None, scale: float = 1.0
) -> Tensor:
    """Cross-entropy of each query's positive against all documents of the batch.

    Args:
        queries: (B, |U|) float.
        documents: (B + n, |U|) float; row i < B is the positive of query i, the rest are hard
            negatives, which count for every query.
        blocked: (B, B + n) bool, documents that must not count as negatives of a query because
            they answer it too. A query's own positive is never blocked.
        scale: inverse temperature of the scores.

    Returns:
        A scalar: the mean over the B queries, in nats.
    """
    scores = queries @ documents.T * scale
    target = torch.arange(len(queries), device=scores.device)
    if blocked is not None:
        blocked = blocked.clone()
        blocked[target, target] = False
        scores = scores.masked_fill(blocked, float("-inf"))
    return cross_entropy(scores, target)


def flops(vectors: Tensor) -> Tensor:
    """FLOPS regulariser of (B, |U|) weights: sum_v (mean_b |x_bv|)^2 (Paria et al., 2020)."""
    return vectors.abs().mean(dim=0).square().sum()


def joint_flops(queries: Tensor, documents: Tensor) -> Tensor:
    """Joint FLOPS of two batches of weights: sum_v mean_b(q_bv) * mean_b(d_bv).

    The expected work of exhaustive retrieval. A term that only one side uses is free under it,
    so it is paired with top-k masking (arXiv 2605.01407).
    """
    return (queries.mean(dim=0) * documents.mean(dim=0)).sum()


@dataclass(frozen=True)
class QuadraticSchedule:
    """A weight that is 0 for ``delay`` steps, grows quadratically for ``ramp``, then stays."""

    weight: float
    ramp: int
    delay: int = 0

    def __call__(self, step: int) -> float:
        """Return the weight at a step (steps count from 0)."""
        past = step - self.delay
        if past < 0:
            return 0.0
        if past >= self.ramp:
            return self.weight
        return self.weight * (past / self.ramp) ** 2
