"""Inference-free queries: a query is its words in U, each with a weight that was learned.

No transformer runs for a query; a document is encoded as ever (SPLADE-doc; Geng et al.,
arXiv 2411.04403, start from idf as here).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from encoders.model.head import survivors


class TermWeights(nn.Module):
    """One weight above 0 for each term of U: softplus of a free parameter, so that none can die.

    Args:
        size: |U|.
        log: weights are log(1 + w), like those of documents.
    """

    def __init__(self, size: int, log: bool) -> None:
        super().__init__()
        self.raw = nn.Parameter(torch.zeros(size))
        self.log = log

    def weights(self) -> Tensor:
        """(|U|,) float, all above 0."""
        weights = softplus(self.raw)
        return torch.log1p(weights) if self.log else weights

    def forward(self, terms: Tensor, mask: Tensor, top_k: int) -> Tensor:
        """Weights (B, |U|) of queries given as padded ids of terms (B, n), at most ``top_k``."""
        present = mask.new_zeros(len(terms), len(self.raw), dtype=torch.bool)
        rows, places = mask.bool().nonzero(as_tuple=True)
        present[rows, terms[rows, places]] = True
        weighted = self.weights() * present
        return weighted * survivors(weighted.detach(), top_k)

    @torch.no_grad()
    def start_from(self, weights: Tensor) -> None:
        """Set the weights, (|U|,) float, all above 0, before saturation."""
        # The inverse of softplus, log(exp(w) - 1), where exp cannot overflow.
        self.raw.copy_(weights + torch.log(-torch.expm1(-weights)))
