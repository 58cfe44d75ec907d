from __future__ import annotations

import numpy as np
import pytest
from tiny_encoder import TEXTS, tiny_encoder

from encoders.pretraining.masking import (
    IGNORED,
    MaskingCollator,
    MaskingRates,
    token_counts,
    tokenise,
)
from encoders.vocabulary.vocabulary import Vocabulary

MODEL = tiny_encoder()
assert MODEL.tokenizer is not None and MODEL.vocabulary is not None
TOKENIZER, VOCABULARY = MODEL.tokenizer, MODEL.vocabulary


def _pieces(text: str) -> list[str]:
    return TOKENIZER.convert_ids_to_tokens(TOKENIZER(text)["input_ids"])


def test_every_piece_knows_its_word() -> None:
    text = "Cat, chased read.from; 복사합니다"
    words = Vocabulary(("chased", "cat", "복사합니다", "read.from"))
    got = tokenise([text], TOKENIZER, words, 64)
    found: dict[int, str] = {}
    for piece, member in zip(_pieces(text), got.word_of_token.tolist(), strict=True):
        found[member] = found.get(member, "") + piece.removeprefix("##")
    assert found.pop(-1) == "[CLS][UNK][UNK][SEP]"
    labels = [words.words[i] for i in got.labels]
    assert labels == ["cat", "chased", "read.from", "복사합니다"]
    assert [found[i].replace("[UNK]", ".") for i in range(4)] == labels


def test_texts_without_a_known_word_are_left_out() -> None:
    got = tokenise(["nothing here", "cat", ""], TOKENIZER, Vocabulary(("cat",)), 64)
    assert len(got) == 1 and len(got.labels) == 1


def test_truncated_words_do_not_appear() -> None:
    got = tokenise(TEXTS, TOKENIZER, VOCABULARY, 5)
    assert np.diff(got.starts).max() == 5
    assert got.word_of_token.max() == len(got.labels) - 1


def _batch(rates: MaskingRates, seed: int = 0) -> tuple[np.ndarray, ...]:
    texts = tokenise(TEXTS, TOKENIZER, VOCABULARY, 24)
    collator = MaskingCollator(texts, TOKENIZER, rates=rates, seed=seed)
    batch = collator([{"index": i} for i in range(len(texts))])
    plain = MaskingCollator(texts, TOKENIZER)._padded(np.arange(len(texts)))
    return batch["input_ids"].numpy(), batch["labels"].numpy(), *plain, texts.labels


def test_a_chosen_word_is_hidden_whole_and_named_once() -> None:
    ids, labels, before, members, words = _batch(MaskingRates(0.4, 1.0, 0.0))
    hidden = ids == TOKENIZER.mask_token_id
    assert hidden.any() and (ids[~hidden] == before[~hidden]).all()
    for word in set(members[hidden].tolist()):
        assert word >= 0
        places = np.argwhere(members == word)
        assert hidden[members == word].all()
        named = labels[members == word]
        assert named[0] == words[word] and (named[1:] == IGNORED).all()
        assert len({row for row, _ in places}) == 1
    assert (labels[~hidden] == IGNORED).all()


def test_every_text_has_a_chosen_word_even_at_rate_zero() -> None:
    _, labels, *_ = _batch(MaskingRates(words=0.0))
    assert ((labels != IGNORED).sum(axis=1) == 1).all()


def test_the_shares_of_masked_random_and_kept_words() -> None:
    texts = tokenise(TEXTS * 400, TOKENIZER, VOCABULARY, 24)
    collator = MaskingCollator(texts, TOKENIZER, rates=MaskingRates(0.3), seed=5)
    batch = collator([{"index": i} for i in range(len(texts))])
    before, _ = collator._padded(np.arange(len(texts)))
    ids, labels = batch["input_ids"].numpy(), batch["labels"].numpy()
    chosen = labels != IGNORED
    assert chosen.sum() / len(texts.labels) == pytest.approx(0.3, abs=0.02)
    masked = (ids == TOKENIZER.mask_token_id)[chosen].mean()
    kept = (ids == before)[chosen].mean()
    assert masked == pytest.approx(0.8, abs=0.03)
    assert kept == pytest.approx(0.1, abs=0.03)
    assert not np.isin(ids[ids != before], [0, 2, 3]).any()


def test_masks_depend_on_the_seed_and_the_batch_alone() -> None:
    first, again, other = (_batch(MaskingRates(), seed)[0] for seed in (1, 1, 2))
    assert (first == again).all() and (first != other).any()


def test_token_counts_are_those_of_tokenised_texts() -> None:
    texts = [TEXTS[0], "???", "", *TEXTS[1:], "cat " * 40]
    counts = token_counts(texts, TOKENIZER, VOCABULARY, 12)
    found = tokenise(texts, TOKENIZER, VOCABULARY, 12)
    assert counts[[1, 2]].tolist() == [0, 0] and counts.max() == 12
    assert counts[counts > 0].tolist() == np.diff(found.starts).tolist()
