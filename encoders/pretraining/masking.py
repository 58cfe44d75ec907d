"""Whole-word masking for EMLM: hide all pieces of a word, predict its id in U at the first one."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from transformers import PreTrainedTokenizerBase

from encoders.vocabulary.vocabulary import Vocabulary, nfkc, word_spans

IGNORED = -100
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class MaskingRates:
    """Which share of words is chosen, and what happens to the pieces of a chosen word.

    Of the chosen words a share ``mask`` is replaced by [MASK], a share ``random`` by random
    pieces, and the rest stays as it is (80/10/10, as in BERT).
    """

    words: float = 0.15
    mask: float = 0.8
    random: float = 0.1


@dataclass(frozen=True)
class TokenisedTexts:
    """Texts cut into pieces once, with the words of U found in them.

    Attributes:
        ids: (tokens,) input ids of all texts, one after the other, special tokens included.
        starts: (texts + 1,) where each text starts in ``ids``.
        word_of_token: (tokens,) which occurrence of a word of U a token belongs to; -1 for none.
        labels: (occurrences,) the id in U of each occurrence, in the order of the texts.
        longer: how many texts, of those kept, had more tokens than may be; the rest is dropped.
    """

    ids: NDArray[np.int32]
    starts: Ints
    word_of_token: NDArray[np.int32]
    labels: NDArray[np.int32]
    longer: int = 0

    def __len__(self) -> int:
        return len(self.starts) - 1


def tokenise(
    texts: Iterable[str],
    tokenizer: PreTrainedTokenizerBase,
    vocabulary: Vocabulary,
    max_length: int,
    *,
    window: int = 4096,
) -> TokenisedTexts:
    """Tokenise texts and find the words of U in them; texts without any are left out.

    Args:
        texts: running text or titles; what is beyond ``max_length`` tokens is dropped.
        tokenizer: a fast tokenizer (offsets are needed).
        vocabulary: U.
        max_length: tokens a text, special tokens included.
        window: texts tokenised at a time.
    """
    ids: list[NDArray[np.int32]] = []
    members: list[NDArray[np.int32]] = []
    labels: list[int] = []
    longer = 0
    parts = _aligned(texts, tokenizer, vocabulary, max_length, window)
    for pieces, belongs, found, is_longer in parts:
        if found:
            longer += is_longer
            ids.append(np.array(pieces, dtype=np.int32))
            numbers = np.array(belongs, dtype=np.int32)
            members.append(np.where(numbers >= 0, numbers + len(labels), -1))
            labels.extend(found)
    lengths = [len(part) for part in ids]
    none = [np.empty(0, dtype=np.int32)]
    return TokenisedTexts(
        np.concatenate(ids or none),
        np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)]).astype(np.int64),
        np.concatenate(members or none).astype(np.int32),
        np.array(labels, dtype=np.int32),
        longer,
    )


def token_counts(
    texts: Iterable[str],
    tokenizer: PreTrainedTokenizerBase,
    vocabulary: Vocabulary,
    max_length: int,
    *,
    window: int = 4096,
) -> Ints:
    """Number of tokens that `tokenise` makes of each text; 0 for one that it leaves out."""
    parts = _aligned(texts, tokenizer, vocabulary, max_length, window)
    return np.array([len(pieces) if found else 0 for pieces, _, found, _ in parts], dtype=np.int64)


def _aligned(
    texts: Iterable[str],
    tokenizer: PreTrainedTokenizerBase,
    vocabulary: Vocabulary,
    max_length: int,
    window: int,
) -> Iterator[tuple[list[int], list[int], list[int], bool]]:
    """Input ids of each text, with what `_align` says of them, and whether it was cut."""
    stream = map(nfkc, texts)
    while batch := list(islice(stream, window)):
        encoded = tokenizer(batch, truncation=True, max_length=max_length).encodings or []
        for text, encoding in zip(batch, encoded, strict=True):
            ids = encoding.ids
            cut = len(ids) >= max_length and bool(encoding.overflowing)
            yield ids, *_align(text, encoding.offsets, vocabulary), cut


def _align(
    text: str, offsets: Sequence[tuple[int, int]], vocabulary: Vocabulary
) -> tuple[list[int], list[int]]:
    """Number of the word each token lies in (-1 for none), and the ids of those words in U.

    A token may begin before its word (byte-level tokenizers put the space before a word into
    its first piece) but not reach into the word before; a token over several words has none.
    """
    spans = list(word_spans(text))
    belongs, found = [-1] * len(offsets), []
    at, previous = 0, -1
    for position, (start, end) in enumerate(offsets):
        while at < len(spans) and spans[at][1] < end:
            at += 1
        if end <= start or at == len(spans) or end <= spans[at][0]:
            continue
        if at > 0 and start < spans[at - 1][1]:
            continue
        if at != previous:
            label = vocabulary.ids.get(text[spans[at][0] : spans[at][1]].lower(), -1)
            previous = at
            if label >= 0:
                found.append(label)
        if label >= 0:
            belongs[position] = len(found) - 1
    return belongs, found


class MaskingCollator:
    """Make masked batches of tokenised texts.

    What is masked is a function of the seed, the pass and the texts of the batch in their
    order: a resumed run goes on exactly as an uninterrupted one would.
    """

    def __init__(
        self,
        texts: TokenisedTexts,
        tokenizer: PreTrainedTokenizerBase,
        *,
        rates: MaskingRates | None = None,
        seed: int = 0,
    ) -> None:
        self.texts = texts
        self.rates = rates or MaskingRates()
        self.seed = seed
        self.pad_id = int(tokenizer.pad_token_id)
        self.mask_id = int(tokenizer.mask_token_id)
        special = set(tokenizer.all_special_ids)
        self.ordinary = np.array([i for i in range(len(tokenizer)) if i not in special])

    def __call__(self, examples: Sequence[dict[str, Any]]) -> dict[str, Tensor]:
        """Batch (B, L) of ``input_ids``, ``attention_mask`` and ``labels`` (int64).

        ``labels`` holds the id in U at the first piece of each chosen word, else -100.
        """
        chosen = np.array([example["index"] for example in examples], dtype=np.int64)
        rng = np.random.default_rng([self.seed, zlib.crc32(chosen.tobytes())])
        ids, members = self._padded(chosen)
        labels = self._mask(ids, members, rng)
        return {
            "input_ids": torch.from_numpy(ids),
            "attention_mask": torch.from_numpy((self._lengths(chosen)).astype(np.int64)),
            "labels": torch.from_numpy(labels),
        }

    def _lengths(self, chosen: Ints) -> NDArray[np.bool_]:
        lengths = self.texts.starts[chosen + 1] - self.texts.starts[chosen]
        mask: NDArray[np.bool_] = np.arange(lengths.max()) < lengths[:, None]
        return mask

    def _padded(self, chosen: Ints) -> tuple[Ints, Ints]:
        inside = self._lengths(chosen)
        positions = self.texts.starts[chosen, None] + np.arange(inside.shape[1])
        positions = np.where(inside, positions, 0)
        ids = np.where(inside, self.texts.ids[positions], self.pad_id)
        members = np.where(inside, self.texts.word_of_token[positions], -1)
        return ids.astype(np.int64), members.astype(np.int64)

    def _mask(self, ids: Ints, members: Ints, rng: np.random.Generator) -> Ints:
        """Mask ``ids`` in place and return the labels."""
        occurrences, inverse = np.unique(members, return_inverse=True)
        inverse = inverse.reshape(members.shape)
        picked = self._pick(occurrences, inverse, members, rng)
        fate = rng.random(len(occurrences))
        hidden = (picked & (fate < self.rates.mask))[inverse]
        swapped = fate < self.rates.mask + self.rates.random
        swapped = (picked & swapped & (fate >= self.rates.mask))[inverse]
        ids[hidden] = self.mask_id
        ids[swapped] = rng.choice(self.ordinary, size=int(swapped.sum()))
        first = members != np.pad(members, ((0, 0), (1, 0)), constant_values=-1)[:, :-1]
        target = first & picked[inverse]
        labels = np.full(members.shape, IGNORED, dtype=np.int64)
        labels[target] = self.texts.labels[members[target]]
        return labels

    def _pick(
        self, occurrences: Ints, inverse: Ints, members: Ints, rng: np.random.Generator
    ) -> NDArray[np.bool_]:
        """Choose words at the given rate, but at least one a text."""
        draw = rng.random(len(occurrences))
        draw[occurrences < 0] = 2.0
        least = draw[inverse].min(axis=1, keepdims=True)
        picked = draw < self.rates.words
        picked[inverse[(draw[inverse] == least) & (members >= 0)]] = True
        return picked
