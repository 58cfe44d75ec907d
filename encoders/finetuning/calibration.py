"""Where fine-tuning starts: an output bias under which vectors are sparse from the first step."""

from __future__ import annotations

import torch

from encoders.encoding.encode import encode
from encoders.model.model import EspladeModel


@torch.no_grad()
def shift_bias(model: EspladeModel, texts: list[str], terms: int) -> float:
    """Lower (or raise) the whole output bias until a document has about ``terms`` terms.

    A freshly pre-trained head gives most of U a positive logit: all vectors are full and all
    scores nearly equal. One scalar, found by bisection on a sample, shortens the way down.

    Returns:
        The shift.
    """
    low, high = -50.0, 50.0
    bias = model.head.bias
    original, limit = bias.clone(), model.config.doc_top_k
    model.config.doc_top_k = 0
    for _ in range(12):
        middle = (low + high) / 2
        bias.copy_(original + middle)
        mean = encode(model, texts[:64], side="doc").nnz / max(1, len(texts[:64]))
        low, high = (low, middle) if mean > terms else (middle, high)
    bias.copy_(original + low)
    model.config.doc_top_k = limit
    return low
