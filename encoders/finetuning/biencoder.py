"""Both sides of a batch through an encoder in one forward, as many texts at a time as fit.

DistributedDataParallel wants one forward a step; memory wants small parts of a large batch. The
parts keep their vectors only and are encoded again when gradients come back (the idea of GradCache,
Gao et al., arXiv 2101.06983; here by activation checkpointing, which also repeats dropout as it
was). So losses see the whole batch, whatever the size of a part.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from encoders.model.model import EspladeModel


class Encoded(NamedTuple):
    """Vectors of texts.

    Attributes:
        vectors: (B, |U|) float32 weights.
        finite: (B,) bool, whether all numbers that led to a text's vector were.
    """

    vectors: Tensor
    finite: Tensor


class BiEncoder(nn.Module):
    """An encoder seen from training: queries and documents in, vectors out.

    Args:
        encoder: the model that is trained.
        part: texts encoded at a time; 0 for all.
    """

    def __init__(self, encoder: EspladeModel, part: int = 0) -> None:
        super().__init__()
        self.encoder = encoder
        self.part = part

    def forward(
        self, query_ids: Tensor, query_mask: Tensor, doc_ids: Tensor, doc_mask: Tensor
    ) -> tuple[Encoded, Encoded]:
        """Encode padded ids and masks, (B, L) int64 each, of both sides."""
        queries = self._side("query", query_ids, query_mask)
        return queries, self._side("doc", doc_ids, doc_mask)

    def _side(self, side: str, ids: Tensor, mask: Tensor) -> Encoded:
        if not self.part or len(ids) <= self.part:
            return Encoded(*self._encode(side, ids, mask))
        parts = [
            checkpoint(self._encode, side, *one, use_reentrant=False)
            for one in zip(torch.split(ids, self.part), torch.split(mask, self.part), strict=True)
        ]
        return Encoded(*(torch.cat(values) for values in zip(*parts, strict=True)))

    def _encode(self, side: str, ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        if side == "query" and self.encoder.term_weights is not None:
            vectors = self.encoder(ids, mask, side=side)
            return vectors, torch.isfinite(vectors).all(dim=1)
        encoder = self.encoder.for_side(side)
        tokens, lengths = encoder.packed(ids, mask)
        # Under autocast tokens come in bfloat16; sums over thousands of terms want float32.
        with torch.autocast(tokens.device.type, enabled=False):
            vectors = encoder.pool(tokens.float(), lengths, side)
        return vectors, _finite(tokens.detach(), lengths)


def _finite(tokens: Tensor, lengths: Tensor) -> Tensor:
    """Whether all numbers of a text's tokens are finite: the head would take NaN for no weight."""
    owner = torch.repeat_interleave(torch.arange(len(lengths)), lengths).to(tokens.device)
    bad = (~torch.isfinite(tokens).all(dim=1)).long()
    return tokens.new_zeros(len(lengths), dtype=torch.long).index_add_(0, owner, bad) == 0
