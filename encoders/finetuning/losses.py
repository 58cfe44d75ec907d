"""Ranking with in-batch negatives, distillation, the FLOPS regularisers, and their schedule.

Means are over the batch of all processes (see `encoders.training.processes`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from encoders.training.processes import batch_mean


def in_batch_loss(scores: Tensor, *, blocked: Tensor | None = None, first: int = 0) -> Tensor:
    """Cross-entropy of each query's positive against all documents of the batch.

    Args:
        scores: (B, D) float, scores of B queries for all documents of the batch.
        blocked: (B, D) bool, documents that must not count as negatives of a query because
            they answer it too. A query's own positive is never blocked.
        first: the positive of query i is document ``first + i``.

    Returns:
        A scalar: the mean over the B queries, in nats.
    """
    target = torch.arange(first, first + len(scores), device=scores.device)
    if blocked is not None:
        blocked = blocked.scatter(1, target[:, None], False)
        scores = scores.masked_fill(blocked, float("-inf"))
    return cross_entropy(scores, target)


def margin_mse(scores: Tensor, teacher: Tensor) -> Tensor:
    """Squared differences of the student's and the teacher's margins (arXiv 2010.02666).

    Args:
        scores: (B, 1 + n) float, the student's: the positive first, then n negatives.
        teacher: (B, 1 + n) float, the teacher's; NaN where it gave none.

    Returns:
        One value, ((s+ - s-) - (t+ - t-))^2, for each negative that has a teacher's margin.
    """
    wanted = teacher[:, :1] - teacher[:, 1:]
    known = torch.isfinite(wanted)
    margins = (scores[:, :1] - scores[:, 1:])[known]
    return (margins - wanted[known]).square()


def kl_divergence(scores: Tensor, teacher: Tensor) -> Tensor:
    """KL(teacher || student) over each query's candidates, in nats.

    Args:
        scores: (B, 1 + n) float, the student's scores of the candidates.
        teacher: (B, 1 + n) float, the teacher's; NaN where it gave none.

    Returns:
        One value for each query with two candidates or more that the teacher knows.
    """
    known = torch.isfinite(teacher)
    rows = known.sum(dim=1) > 1
    known = known[rows]
    wanted = teacher[rows].masked_fill(~known, float("-inf")).log_softmax(dim=1)
    given = scores[rows].masked_fill(~known, float("-inf")).log_softmax(dim=1)
    # Where both are -inf the difference is NaN, and its gradient too: take it where known alone.
    terms = wanted[known].exp() * (wanted[known] - given[known])
    owner = known.nonzero()[:, 0]
    return terms.new_zeros(len(known)).index_add(0, owner, terms)


def flops(vectors: Tensor, weights: Tensor | None = None) -> Tensor:
    """FLOPS regulariser of (B, |U|) weights: sum_v (mean_b |x_bv|)^2 (Paria et al., 2020).

    Args:
        vectors: (B, |U|) float.
        weights: (|U|,) float, of the terms; all 1 when None.
    """
    squares = batch_mean(vectors.abs()).square()
    return (squares if weights is None else squares * weights).sum()


def df_weights(frequency: Tensor, alpha: float = 0.1, beta: float = 10.0) -> Tensor:
    """Weights of terms by how common they are, for DF-FLOPS (Porco et al., arXiv 2505.15070).

    1 / (1 + (x^(log_alpha 2) - 1)^beta): 0 for rare terms, 1/2 where x is alpha, 1 at x = 1.

    Args:
        frequency: (|U|,) float, x: share of the documents that have each term.
        alpha: where the weight is a half.
        beta: how steep it is there.
    """
    power = frequency.double().clamp(min=1e-12) ** (math.log(2) / math.log(alpha))
    return (1 / (1 + (power - 1).clamp(min=0) ** beta)).to(frequency.dtype)


def above_terms(vectors: Tensor, terms: int) -> Tensor:
    """Vectors (B, |U|) with those of at most so many terms set to 0 (arXiv 2504.14839, l0 mask).

    Means are still over all of them. 0 terms leave every vector as it is.
    """
    if not terms:
        return vectors
    return vectors * ((vectors > 0).sum(dim=1, keepdim=True) > terms)


def joint_flops(queries: Tensor, documents: Tensor) -> Tensor:
    """Joint FLOPS of two batches of weights: sum_v mean_b(q_bv) * mean_b(d_bv).

    The expected work of exhaustive retrieval. A term that only one side uses is free under it,
    so it is paired with top-k masking (arXiv 2605.01407).
    """
    return (batch_mean(queries) * batch_mean(documents)).sum()


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
