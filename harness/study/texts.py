"""Texts of a corpus: cut, compared, chosen by length; pure functions over lists.

Lengths are in tokens of the shared tokenizer, special tokens included; a length of 0 is a text
without a word of U, which pre-training cannot use.
"""

from __future__ import annotations

import hashlib
import random
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


def normal(text: str) -> str:
    """The form in which two texts are the same text: NFKC, case folded, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def distinct(texts: Iterable[str], without: frozenset[str] = frozenset()) -> Iterator[str]:
    """The first of each text, by its normal form; empty ones and those of ``without`` left out."""
    seen = set(without)
    for text in texts:
        form = normal(text)
        if form and form not in seen:
            seen.add(form)
            yield text


def pieces(paragraphs: Iterable[str], lengths: Sequence[int], seed: int) -> Iterator[str]:
    """Cut paragraphs into pieces whose lengths in words are drawn from ``lengths``.

    What is left at the end of a paragraph is a piece too.
    """
    rng = random.Random(seed)
    for paragraph in paragraphs:
        words = paragraph.split()
        at = 0
        while at < len(words):
            size = max(1, rng.choice(lengths))
            yield " ".join(words[at : at + size])
            at += size


def shuffled(texts: Sequence[str], seed: int) -> list[str]:
    """The texts in an order of their own."""
    order = np.random.default_rng(seed).permutation(len(texts))
    return [texts[i] for i in order]


def chosen_by_hash(names: Iterable[str], count: int) -> frozenset[str]:
    """``count`` of the names, the same ones whatever the others are; all for 0."""
    ranked = sorted(names, key=lambda name: hashlib.sha256(name.encode()).hexdigest())
    return frozenset(ranked[:count] if count else ranked)


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


def by_quota(lengths: Ints, wanted: dict[int, int]) -> Ints:
    """Numbers of texts that have the wanted lengths, ascending; the first ones of each length.

    Where too few have a length, others stand in for them, the nearest in length first. Fewer
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
    return np.sort(order[taken])


def _stand_in(ranked: Ints, taken: NDArray[np.bool_], short: dict[int, int]) -> None:
    """Take, for each length that lacks texts, the free ones that are nearest to it."""
    for length, count in short.items():
        free = np.flatnonzero(~taken)
        far = np.abs(ranked[free] - length)
        taken[free[np.argsort(far, kind="stable")[:count]]] = True


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


def share_in(wanted: Iterable[str], corpus: Iterable[str]) -> float:
    """Share of the distinct texts that occur in a corpus, by their normal form."""
    forms = {normal(text) for text in wanted} - {""}
    if not forms:
        return 0.0
    return len(forms & {normal(text) for text in corpus}) / len(forms)


def word_overlap(
    wanted: Iterable[str], corpus: Iterable[str], split: Callable[[str], Sequence[str]]
) -> tuple[float, float]:
    """Shares of the words of some texts that occur in a corpus: of occurrences, of words."""
    known = {word for text in corpus for word in split(text)}
    words = [word for text in wanted for word in split(text)]
    if not words:
        return 0.0, 0.0
    different = set(words)
    return sum(word in known for word in words) / len(words), len(different & known) / len(
        different
    )
