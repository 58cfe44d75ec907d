"""Texts of a batch in groups of like length, so that little is computed on padding.

Titles are short and a few of them long: a batch of 128 titles of 6 tokens on average is padded to
16. Training cannot sort its texts by length, as encoding does, since a batch is drawn at random;
but it can give its texts to the backbone in a few groups.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

_CALL = 64
"""What one more call of the backbone costs, in tokens: some 3 ms of two small layers."""


def length_groups(mask: Tensor) -> list[tuple[Tensor, int]]:
    """Cut a batch into groups at the least cost: tokens with padding, and 64 for each group.

    Args:
        mask: (B, L), nonzero where a token is; padding may be anywhere.

    Returns:
        For each group the rows of its texts, (n,) int64, and how many columns hold all of their
        tokens; every row is in one group.
    """
    columns = torch.arange(1, mask.shape[1] + 1)
    lengths = (mask.cpu().bool() * columns).amax(dim=1).numpy()
    order = np.argsort(lengths, kind="stable")
    values, counts = np.unique(lengths, return_counts=True)
    until = np.concatenate([[0], counts.cumsum()])
    return [
        (torch.from_numpy(order[until[low] : until[high]].copy()), int(values[high - 1]))
        for low, high in _cuts(values, until)
    ]


def _cuts(values: NDArray[np.int64], until: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Ranges of the distinct lengths that make up the groups, by dynamic programming."""
    least, came = np.zeros(len(values) + 1), np.zeros(len(values) + 1, dtype=np.int64)
    for high in range(1, len(values) + 1):
        texts = until[high] - until[:high]
        costs = least[:high] + texts * values[high - 1] + _CALL
        came[high] = costs.argmin()
        least[high] = costs[came[high]]
    high = len(values)
    while high:
        yield int(came[high]), high
        high = int(came[high])


def ordered(parts: list[Tensor], places: list[Tensor]) -> Tensor:
    """Rows of all parts in the order of their places, which are 0, 1, 2, ... in any order."""
    return torch.cat(parts).index_select(0, torch.cat(places).argsort())
