"""Texts of a corpus: cut and compared; pure functions over lists."""

from __future__ import annotations

import hashlib
import random
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np


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
