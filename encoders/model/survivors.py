"""Which pooled logits become weights: the positive ones among the k largest of a text."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


def survivors(pooled: Tensor, top_k: int | None) -> Tensor:
    """Mask (B, |U|) bool of the positive entries among the k largest of each row of raw logits.

    Ties at the cut go to the smallest term id, so that the mask is always the same mask. NaN
    survives, so that whoever looks at the weights sees it.

    Args:
        pooled: (B, |U|) float, raw max-pooled logits.
        top_k: k; all positive entries survive when it is None or 0.
    """
    positive = ~(pooled <= 0)
    if not top_k or top_k >= pooled.shape[1]:
        return positive
    crowded = (positive.sum(dim=1) > top_k).nonzero().squeeze(1)
    if len(crowded):
        positive[crowded] = _largest(pooled[crowded], top_k)
    return positive


def surviving_pairs(pooled: Tensor, top_k: int | None) -> tuple[Tensor, Tensor]:
    """The survivors as (text, term) pairs, by text and then by term; see `survivors`.

    On the CPU the positive entries are gathered first and only they are ranked, which costs a
    fraction of ranking all of U.

    Returns:
        rows and terms, (nnz,) int64 each, on the device of ``pooled``.
    """
    if pooled.device.type == "cpu" and pooled.dtype in (torch.float32, torch.float64):
        return _pairs(pooled.detach().numpy(), top_k or 0)
    rows, terms = survivors(pooled, top_k).nonzero(as_tuple=True)
    return rows, terms


def surviving_values(rows: Tensor, values: Tensor, size: int, top_k: int) -> Tensor:
    """Which of the logits of given pairs survive; see `survivors`.

    Args:
        rows: (nnz,) int64 on the CPU, ascending; the text of each pair.
        values: (nnz,) float32 or float64 on the CPU; pairs of a text are in the order of terms.
        size: number of texts.
        top_k: k; all positive ones survive when it is 0.

    Returns:
        (n,) int64, ascending positions in ``values``.
    """
    ends = torch.bincount(rows, minlength=size).cumsum(0).numpy()
    found = np.split(values.detach().numpy(), ends[:-1])
    starts = np.concatenate(([0], ends[:-1]))
    kept = [_row(part, top_k) + start for part, start in zip(found, starts, strict=True)]
    return torch.from_numpy(np.concatenate(kept))


def _largest(values: Tensor, k: int) -> Tensor:
    """Mask of the k largest entries of each row, ties to the smallest column."""
    least = values.topk(k, dim=1).values[:, -1:]
    mask = ~(values < least)
    tied = (mask.sum(dim=1) > k).nonzero().squeeze(1)
    if len(tied):
        above = ~(values[tied] <= least[tied])
        equal = values[tied] == least[tied]
        room = k - above.sum(dim=1, keepdim=True)
        mask[tied] = above | (equal & (equal.cumsum(dim=1) <= room))
    return mask


def _pairs(pooled: NDArray[np.floating], k: int) -> tuple[Tensor, Tensor]:
    kept = [_row(row, k) for row in pooled]
    counts = torch.tensor([len(terms) for terms in kept], dtype=torch.int64)
    terms = np.concatenate(kept) if kept else np.empty(0, dtype=np.int64)
    return torch.arange(len(kept)).repeat_interleave(counts), torch.from_numpy(terms)


def _row(values: NDArray[np.floating], k: int) -> NDArray[np.int64]:
    """Ascending columns of the surviving entries of one row."""
    columns: NDArray[np.int64] = np.flatnonzero(~(values <= 0))
    if not 0 < k < len(columns):
        return columns
    found = values[columns]
    least = np.partition(found, len(found) - k)[len(found) - k]
    kept = ~(found < least)
    surplus = np.count_nonzero(kept) - k
    if surplus > 0:
        kept[np.flatnonzero(found == least)[-surplus:]] = False
    chosen: NDArray[np.int64] = columns[kept]
    return chosen
