"""Tokenised texts, longest first, and the arrays of a batch of them as a device takes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from encoders.model.maxpool import plan_of

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Tokenised:
    """Texts as token ids, one text after the other.

    Attributes:
        ids: (N,) int64, of all texts.
        starts: (n,) int64, where each text begins in ``ids``.
        lengths: (n,) int64, special tokens included.
        order: (n,) int64, numbers of the texts, longest first.
        longer: how many were cut.
    """

    ids: Ints
    starts: Ints
    lengths: Ints
    order: Ints
    longer: int

    @classmethod
    def of(cls, ids: Sequence[Sequence[int]], longer: int) -> Tokenised:
        """Pack the ids of each text."""
        lengths = np.fromiter(map(len, ids), np.int64, len(ids))
        flat = np.fromiter(chain.from_iterable(ids), np.int64, int(lengths.sum()))
        starts = np.cumsum(lengths) - lengths
        return cls(flat, starts, lengths, np.argsort(-lengths, kind="stable"), longer)


class Batch(NamedTuple):
    """Some texts that are computed together.

    Attributes:
        texts: whose they are.
        rows: (B,) int64, their numbers, longest first.
    """

    texts: Tokenised
    rows: Ints

    @property
    def length(self) -> int:
        """Tokens of the longest one, at least 1."""
        return max(1, int(self.texts.lengths[self.rows[0]]))

    def halves(self) -> list[Batch]:
        """The same texts in two batches; there are two texts or more."""
        middle = len(self.rows) // 2
        return [Batch(self.texts, part) for part in (self.rows[:middle], self.rows[middle:])]


class Padded(NamedTuple):
    """A batch as the backbone and max-pooling take it; all on the host.

    Attributes:
        ids: (B, L) int64, padded.
        mask: (B, L) int64, 1 where a token is.
        picked: (T,) int64, places of the real tokens in (B * L), in the order of pooling.
        pooled: (B',) int64, rows of the texts that have real tokens, in that order.
        groups: (texts, length) of each run of texts of equal length.
    """

    ids: Ints
    mask: Ints
    picked: Ints
    pooled: Ints
    groups: list[tuple[int, int]]


def pad(batch: Batch, padding: int, special: Sequence[int]) -> Padded:
    """Pad a batch, and find which tokens are pooled: here, so that no device is waited for.

    Args:
        batch: the texts.
        padding: id of the padding.
        special: ids that are not pooled.
    """
    texts, rows = batch
    lengths = texts.lengths[rows]
    mask = np.arange(batch.length) < lengths[:, None]
    ids = np.full(mask.shape, padding, dtype=np.int64)
    ids[mask] = texts.ids[_places(texts.starts[rows], lengths)]
    real = mask & ~np.isin(ids, np.asarray(special, dtype=np.int64))
    plan = plan_of(torch.from_numpy(real.sum(axis=1, dtype=np.int64)))
    picked: Any = np.flatnonzero(real)[plan.positions.numpy()]
    return Padded(ids, mask.astype(np.int64), picked, plan.rows.numpy(), plan.groups)


def _places(starts: Ints, lengths: Ints) -> Ints:
    """Positions of the tokens of some texts, one text after the other."""
    before = np.cumsum(lengths) - lengths
    places: Ints = np.repeat(starts - before, lengths) + np.arange(int(lengths.sum()))
    return places
