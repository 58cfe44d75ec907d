"""How exactly an encoder's logits are computed while encoding.

float32 loses nothing and is the default on every device; bfloat16 and float16 convert the whole
model; int8 proposes terms, whose weights are then float32's, and is of the CPU only.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from copy import deepcopy
from typing import Any, Literal, NamedTuple, Protocol, get_args

import torch
from torch import Tensor

from encoders.model.head import saturated
from encoders.model.maxpool import max_logits, max_of_product
from encoders.model.model import EspladeModel, Head
from encoders.model.survivors import surviving_pairs, surviving_values
from encoders.model.winners import pair_logits
from ground.errors import InputError

Precision = Literal["float32", "bfloat16", "float16", "int8"]
PRECISIONS: tuple[Precision, ...] = get_args(Precision)
HALVES: dict[str, torch.dtype] = {"bfloat16": torch.bfloat16, "float16": torch.float16}
_WIDTH = 1024
"""Columns of U in one packed block of the int8 product."""


class Pairs(NamedTuple):
    """The weights of a batch of texts.

    Attributes:
        rows: (nnz,) int64, the text, ascending.
        terms: (nnz,) int64, the term, ascending within a text.
        weights: (nnz,) float32, positive.
    """

    rows: Tensor
    terms: Tensor
    weights: Tensor


class OutputLayer(Protocol):
    """From the packed tokens of a batch to the weights that survive."""

    def __call__(self, tokens: Tensor, lengths: Tensor, top_k: int) -> Pairs:
        """Pool, prune, and take log(1 + x).

        Args:
            tokens: (T, H) float, packed.
            lengths: (B,) int64 on the CPU, tokens of each text.
            top_k: the most terms of a text; 0 for all positive ones.
        """
        ...


class FloatOutput:
    """The product in the data type of the head, whatever it is."""

    def __init__(self, head: Head) -> None:
        self.head = head

    def __call__(self, tokens: Tensor, lengths: Tensor, top_k: int) -> Pairs:
        """See `OutputLayer`."""
        pooled = max_logits(tokens, lengths, self.head.weight, self.head.bias)
        return kept_pairs(pooled, top_k, self.head.saturations)


def kept_pairs(pooled: Tensor, top_k: int, saturations: int) -> Pairs:
    """The weights that survive of raw max-pooled logits (B, |U|), on their device."""
    rows, terms = surviving_pairs(pooled, top_k)
    found = pooled[rows, terms].float()
    return Pairs(rows, terms, saturated(found, saturations))


class Int8Output:
    """An int8 product proposes terms; float32 decides which of them survive, and their weights.

    E is quantised to 8 bits with a scale for each term, tokens to 7 bits with one for the batch,
    because sums of 8-bit products saturate on processors without VNNI. Proposed are terms down to
    a little below 0, and more than ``top_k``; their logits are computed again in float32. So only
    a term whose int8 error exceeds that margin can be missed.
    """

    def __init__(self, head: Head) -> None:
        self.head = head
        weight = head.weight.detach()
        self._blocks = [_packed(weight[at : at + _WIDTH]) for at in range(0, len(weight), _WIDTH)]
        self._row_norm = float(weight.norm(dim=1).mean())
        self._row_step = float(weight.abs().amax(dim=1).mean()) / 127

    def __call__(self, tokens: Tensor, lengths: Tensor, top_k: int) -> Pairs:
        """See `OutputLayer`."""
        raised = self.head.bias + self._margin(tokens)
        pooled = max_of_product(tokens, lengths, self._product, raised)
        rows, terms = surviving_pairs(pooled, top_k + top_k // 4)
        logits = pair_logits(tokens, lengths, self.head.weight, rows, terms)
        logits += self.head.bias[terms]
        kept = surviving_values(rows, logits, len(lengths), top_k)
        weights = saturated(logits[kept], self.head.saturations)
        return Pairs(rows[kept], terms[kept], weights)

    def _margin(self, tokens: Tensor) -> float:
        """Four standard deviations of a logit's error, were rounding errors independent."""
        if not len(tokens):
            return 0.0
        step = float(tokens.max() - tokens.min()) / 127
        norm = float(tokens.norm(dim=1).mean())
        return 4 * math.hypot(step * self._row_norm, norm * self._row_step) / math.sqrt(12)

    def _product(self, tokens: Tensor) -> Iterator[tuple[int, Tensor]]:
        for number, block in enumerate(self._blocks):
            logits: Tensor = torch.ops.quantized.linear_dynamic(tokens, block, True)
            yield number * _WIDTH, logits


def lowered(model: EspladeModel, precision: Precision) -> tuple[EspladeModel, OutputLayer]:
    """A model and its output layer for encoding with a precision; the model given stays as it is.

    Raises:
        InputError: no such precision, or int8 where it cannot be had.
    """
    check_precision(precision, model.head.weight.device.type)
    if precision == "int8":
        return model, Int8Output(_quantisable(model.head))
    used = converted(model, precision)
    return used, FloatOutput(used.head)


def check_precision(precision: str, device: str) -> None:
    """Refuse a precision that there is not, or not on this kind of device.

    Raises:
        InputError: it cannot be had.
    """
    if precision not in PRECISIONS:
        raise InputError(f"The precision {precision!r} is not one of {', '.join(PRECISIONS)}.")
    if precision == "int8" and device != "cpu":
        raise InputError(
            f"int8 computes on the CPU only, and the device is {device}. Encode with --device cpu, "
            f"or with float32, bfloat16 or float16 there."
        )


def converted(model: EspladeModel, precision: Precision) -> EspladeModel:
    """A model that computes in a precision of floating point; the one given stays as it is."""
    wanted = HALVES.get(precision)
    if wanted is None or model.dtype == wanted:
        return model
    half: Any = deepcopy(model)
    return half.to(wanted)  # type: ignore[no-any-return]


def _quantisable(head: Head) -> Head:
    missing = not hasattr(torch, "quantize_per_channel")
    if missing or torch.backends.quantized.engine == "none":
        raise InputError(
            f"int8 needs a torch that has quantised products for the CPU; this is torch "
            f"{torch.__version__}. Encode with float32 or bfloat16."
        )
    return head


def _packed(weight: Tensor) -> Any:
    """Rows of E as the int8 product wants them, each with its own scale."""
    scales = (weight.abs().amax(dim=1) / 127).clamp_min(1e-12).double()
    zeros = torch.zeros(len(weight), dtype=torch.int64)
    with warnings.catch_warnings():
        # Deprecated in torch 2.13 without a product that is as fast on every processor.
        warnings.simplefilter("ignore", UserWarning)
        quantised = torch.quantize_per_channel(weight, scales, zeros, 0, torch.qint8)
    return torch.ops.quantized.linear_prepack(quantised, None)
