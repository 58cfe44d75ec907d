"""Raw max-pooled logits over U, near the speed of the matrix product alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

import torch
from torch import Tensor

_HELD = {"cpu": 1 << 22}
"""Logits held at a time, by kind of device: what a cache holds (float32: 16 MB)."""
_HELD_ELSEWHERE = 1 << 26
_ALIGNED, _WIDEST = 128, 2048
"""Columns of a chunk on the CPU: products of other widths ran at 0.6 to 0.8 times the speed."""


def chunk_elements(device: torch.device) -> int:
    """Elements of intermediate matrices that are held at a time unless the caller says so."""
    return _HELD.get(device.type, _HELD_ELSEWHERE)


Product = Callable[[Tensor], Iterable[tuple[int, Tensor]]]
"""From (T, H) tokens to (first column, (T, width) logits without bias), chunk by chunk over U.
A chunk may be overwritten by the next one."""


def max_logits(
    tokens: Tensor, lengths: Tensor, weight: Tensor, bias: Tensor, chunk: int | None = None
) -> Tensor:
    """Raw max-pooled logits, max over the tokens i of a text of z_i . E_v, plus b_v.

    Args:
        tokens: (T, H) float, vectors of the real tokens of all texts, packed.
        lengths: (B,) int64 on the CPU, real tokens of each text.
        weight: (|U|, H) float, the output embedding E.
        bias: (|U|,) float, the output bias b.
        chunk: most logits held at a time; by the device when None.

    Returns:
        (B, |U|) float; -inf for a text without real tokens.
    """
    return max_of_product(tokens, lengths, partial(_chunks, weight, chunk), bias)


@torch.no_grad()
def max_of_product(tokens: Tensor, lengths: Tensor, product: Product, bias: Tensor) -> Tensor:
    """`max_logits` with the logits of any product.

    One matrix product takes all tokens against a chunk of U, so that E is read once; its result
    is reduced while it is in the cache. Nothing is spent on padding. The bias does not depend on
    the token, so it is added after the maximum.
    """
    plan = plan_of(lengths)
    rows = plan.rows.to(tokens.device)
    ordered = tokens.index_select(0, plan.positions.to(tokens.device))
    return max_in_groups(ordered, rows, plan.groups, len(lengths), product, bias)


def max_logits_in_groups(
    ordered: Tensor,
    rows: Tensor,
    groups: Sequence[tuple[int, int]],
    size: int,
    weight: Tensor,
    bias: Tensor,
) -> Tensor:
    """`max_logits` of tokens that are in the order of a plan; see `max_in_groups`."""
    return max_in_groups(ordered, rows, groups, size, partial(_chunks, weight, None), bias)


@torch.no_grad()
def max_in_groups(
    ordered: Tensor,
    rows: Tensor,
    groups: Sequence[tuple[int, int]],
    size: int,
    product: Product,
    bias: Tensor,
) -> Tensor:
    """`max_of_product` of tokens that are in the order of a `Plan` (see `plan_of`).

    Nothing in here waits for the device.

    Args:
        ordered: (T, H) float.
        rows: (B',) int64 on their device, numbers of the texts.
        groups: (texts, length) of each run of texts of equal length.
        size: number of texts, B.
        product: see `max_of_product`.
        bias: (|U|,) float.
    """
    pooled = ordered.new_full((size, len(bias)), float("-inf"))
    if not len(ordered):
        return pooled
    for low, logits in product(ordered):
        best = torch.cat([group.amax(dim=1) for group in _groups(logits, groups)])
        high = low + logits.shape[1]
        pooled[:, low:high].index_copy_(0, rows, best + bias[low:high])
    return pooled


def _chunks(weight: Tensor, chunk: int | None, tokens: Tensor) -> Iterator[tuple[int, Tensor]]:
    width = _width(len(tokens), chunk, tokens.device)
    buffer = tokens.new_empty(len(tokens) * min(width, len(weight)))
    for low in range(0, len(weight), width):
        part = weight[low : low + width]
        logits = buffer[: len(tokens) * len(part)].view(len(tokens), len(part))
        yield low, torch.mm(tokens, part.T, out=logits)


def _width(tokens: int, chunk: int | None, device: torch.device) -> int:
    width = max(1, (chunk or chunk_elements(device)) // tokens)
    if device.type != "cpu" or width < _ALIGNED:
        return width
    return min(width - width % _ALIGNED, _WIDEST)


class Plan(NamedTuple):
    """Texts with tokens in the order of their length, and where their tokens are.

    Attributes:
        rows: (B',) int64, numbers of the texts.
        positions: (T,) int64, packed positions of their tokens in that order.
        groups: (texts, length) of each run of texts of equal length.
    """

    rows: Tensor
    positions: Tensor
    groups: list[tuple[int, int]]


def plan_of(lengths: Tensor) -> Plan:
    """In which order max-pooling takes the tokens of texts of these lengths, (B,) on the CPU."""
    rows = lengths.argsort(stable=True)
    rows = rows[lengths[rows] > 0]
    sizes = lengths[rows]
    starts = (lengths.cumsum(0) - lengths)[rows]
    ends = sizes.cumsum(0)
    within = torch.arange(int(sizes.sum())) - (ends - sizes).repeat_interleave(sizes)
    groups = [(texts, length) for length, texts in Counter(sizes.tolist()).items()]
    return Plan(rows, starts.repeat_interleave(sizes) + within, groups)


def _groups(logits: Tensor, groups: Sequence[tuple[int, int]]) -> Iterator[Tensor]:
    """The logits of each group, (texts, length, width)."""
    low = 0
    for texts, length in groups:
        high = low + texts * length
        yield logits[low:high].view(texts, length, -1)
        low = high
