"""Texts chosen by their length, so that corpora hold as many tokens; pure functions.

Lengths are in tokens of the shared tokenizer, special tokens included; a length of 0 is a text
without a word of U, which pre-training cannot use.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


def quotas(reference: Ints, count: int) -> dict[int, int]:
    """How many of ``count`` texts have each length, in the proportions of other texts.

    Whole numbers that add up, by the largest remainders.
    """
    values, counts = np.unique(reference, return_counts=True)
    exact = counts * (count / counts.sum())
    whole = np.floor(exact).astype(np.int64)
    order = np.lexsort((values, -(exact - whole)))
    whole[order[: count - int(whole.sum())]] += 1
    return {int(v): int(n) for v, n in zip(values, whole, strict=True)}


def lacking(lengths: Ints, wanted: dict[int, int]) -> bool:
    """Whether there are fewer texts of some length than wanted."""
    values, counts = np.unique(lengths, return_counts=True)
    there = dict(zip(values.tolist(), counts.tolist(), strict=True))
    return any(there.get(length, 0) < count for length, count in wanted.items())


def by_quota(lengths: Ints, wanted: dict[int, int]) -> Ints:
    """Numbers of texts that have the wanted lengths, ascending; the first ones of each length.

    Where too few have a length, others stand in for them, the nearest in length first, and as many
    others are exchanged for texts one token shorter or longer as keeps the sum of tokens. Fewer
    numbers than wanted come back only if there are fewer usable texts at all.
    """
    order = np.argsort(lengths, kind="stable")
    order = order[lengths[order] > 0]
    ranked = lengths[order]
    taken = np.zeros(len(order), dtype=bool)
    short: dict[int, int] = {}
    for length, count in wanted.items():
        low, high = np.searchsorted(ranked, [length, length + 1])
        found = min(count, int(high - low))
        taken[low : low + found] = True
        short[length] = count - found
    _stand_in(ranked, taken, short)
    if taken.sum() == sum(wanted.values()):
        _level(ranked, taken, sum(length * count for length, count in wanted.items()))
    return np.sort(order[taken])


def _stand_in(ranked: Ints, taken: NDArray[np.bool_], short: dict[int, int]) -> None:
    """Take, for each length that lacks texts, the free ones that are nearest to it."""
    for length, count in short.items():
        free = np.flatnonzero(~taken)
        far = np.abs(ranked[free] - length)
        taken[free[np.argsort(far, kind="stable")[:count]]] = True


def _level(ranked: Ints, taken: NDArray[np.bool_], total: int) -> None:
    """Exchange taken texts for free ones, one token shorter or longer, up to a sum of tokens."""
    while surplus := int(ranked[taken].sum()) - total:
        step = 1 if surplus > 0 else -1
        chosen, free = np.bincount(ranked[taken]), np.bincount(ranked[~taken])
        # From a length that many have, to the next one, where some are free.
        room = {
            length: min(int(count), int(free[length - step]))
            for length, count in enumerate(chosen)
            if 0 < length - step < len(free)
        }
        length = max(room, key=lambda each: room[each], default=0)
        moved = min(abs(surplus), room.get(length, 0))
        if not moved:
            return
        taken[np.flatnonzero(taken & (ranked == length))[-moved:]] = False
        taken[np.flatnonzero(~taken & (ranked == length - step))[:moved]] = True


def stratified(lengths: Ints, count: int, seed: int) -> Ints:
    """Numbers of ``count`` texts whose lengths are spread as those of all, ascending.

    The texts, sorted by length, are cut into ``count`` equal strata, and one is drawn from each:
    so ``n / count`` passes over the sample have the tokens of all ``n`` texts, but for a few.
    """
    shuffle = np.random.default_rng(seed).permutation(len(lengths))
    order = shuffle[np.argsort(lengths[shuffle], kind="stable")]
    bounds = np.arange(count + 1) * len(order) // count
    draws = np.random.default_rng([seed, 1]).random(count)
    places = bounds[:-1] + (draws * np.diff(bounds)).astype(np.int64)
    return np.sort(order[places])
