"""Texts cut at the longest that an encoder takes, and how many of them were longer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from transformers import PreTrainedTokenizerBase

from ground.halves import mended


def cut_to(
    tokenizer: PreTrainedTokenizerBase, texts: Sequence[str], limit: int
) -> tuple[list[list[int]], int]:
    """Token ids of texts, special tokens included, at most ``limit`` of each.

    Half characters (lone surrogates) become question marks first: no tokenizer takes them.

    Returns:
        The ids of each text, and how many texts have more tokens than ``limit``.
    """
    if not texts:
        return [], 0
    whole = [mended(text) for text in texts]
    encoded: Any = tokenizer(whole, truncation=True, max_length=limit)
    ids: list[list[int]] = encoded["input_ids"]
    # A text that was cut has as many tokens as may be; only those are looked at again.
    full = [number for number, row in enumerate(ids) if len(row) >= limit]
    if encoded.encodings is None:
        return ids, sum(len(row) > limit for row in _uncut(tokenizer, [whole[n] for n in full]))
    return ids, sum(bool(encoded.encodings[number].overflowing) for number in full)


def _uncut(tokenizer: PreTrainedTokenizerBase, texts: list[str]) -> list[list[int]]:
    """Ids of whole texts, by a tokenizer that does not say what it cut off."""
    ids: list[list[int]] = tokenizer(texts, verbose=False)["input_ids"] if texts else []
    return ids
