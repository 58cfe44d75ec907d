"""One vocabulary with everything that text has: Hangul, emoji, combining marks, endless words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_encoder import TEXTS, tiny_encoder

from encoders.checkpoints.loading import load_encoder, save_encoder
from encoders.encoding.encode import encode
from encoders.model.fresh import BackboneSize, fresh_encoder, pool_rows
from encoders.model.model import EspladeModel
from encoders.pretraining.masking import IGNORED, MaskingCollator, MaskingRates, tokenise
from encoders.vocabulary.given_words import given_words, piece_vocabulary
from encoders.vocabulary.tokenizer import train_wordpiece
from encoders.vocabulary.vocabulary import Vocabulary

LONG = "ab" * 60
"""Longer than the 64 characters that our WordPiece takes apart: it becomes one [UNK]."""
FAMILY = "👨\u200d👩\u200d👧"
WORDS = ("한글", "파일을", "👍", FAMILY, "café", "x\u0323\u0301", LONG, "the")
JAMO = "\u1111\u1161\u110b\u1175\u11af\u110b\u1173\u11af"  # 파일을, taken apart
TEXT = f"The 한글 cafe\u0301 👍 {FAMILY} {LONG} {JAMO} x\u0323\u0301"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> EspladeModel:
    listed = tmp_path_factory.mktemp("words") / "words.txt"
    listed.write_text("\n".join([*WORDS[:4], "cafe\u0301", *WORDS[5:]]), encoding="utf-8")
    vocabulary = given_words(listed).vocabulary
    tokenizer = train_wordpiece([*TEXTS, TEXT.replace(LONG, "")] * 2, 400, max_length=64)
    size = BackboneSize(layers=1, hidden=16, heads=2, max_length=64)
    return fresh_encoder(size, tokenizer, vocabulary, 1).eval()


def test_the_list_is_read_in_the_form_of_text(model: EspladeModel) -> None:
    assert model.vocabulary is not None
    # NFKC composes what has a composed form, and leaves the other marks where they are.
    assert model.vocabulary.words == WORDS


def test_every_word_is_masked_and_predicted_by_its_own_id(model: EspladeModel) -> None:
    tokenizer, vocabulary = model.tokenizer, model.vocabulary
    assert tokenizer is not None and vocabulary is not None
    found = tokenise([TEXT], tokenizer, vocabulary, 64)
    order = ["the", "한글", "café", "👍", FAMILY, LONG, "파일을", "x\u0323\u0301"]
    assert [vocabulary.words[i] for i in found.labels] == order
    rates = MaskingRates(words=1.0, mask=1.0, random=0.0)
    batch = MaskingCollator(found, tokenizer, rates=rates)([{"index": 0}])
    labels = batch["labels"][0]
    assert [vocabulary.words[i] for i in labels[labels != IGNORED]] == order
    inside = batch["input_ids"][0][1:-1]
    assert set(inside.tolist()) == {tokenizer.mask_token_id}


def test_a_word_too_long_for_the_tokenizer_starts_as_the_unknown_piece(
    model: EspladeModel,
) -> None:
    tokenizer, vocabulary = model.tokenizer, model.vocabulary
    assert tokenizer is not None and vocabulary is not None
    assert tokenizer.tokenize(LONG) == ["[UNK]"]
    embedding = model.backbone.get_input_embeddings().weight
    row = pool_rows(embedding, tokenizer, vocabulary)[vocabulary.ids[LONG]]
    assert torch.equal(row, embedding[tokenizer.unk_token_id])


def test_it_encodes_and_survives_a_round_trip(model: EspladeModel, tmp_path: Path) -> None:
    texts = [TEXT, LONG, "👍", "\u0301", ""]
    before = encode(model, texts)
    assert before.shape == (5, len(WORDS)) and before[[4]].nnz == 0
    save_encoder(model, tmp_path)
    loaded = load_encoder(tmp_path)
    assert loaded.vocabulary == model.vocabulary
    np.testing.assert_array_equal(encode(loaded, texts).toarray(), before.toarray())


def test_pieces_as_vocabulary_have_labels_for_whole_words_only() -> None:
    tokenizer = tiny_encoder().tokenizer
    assert tokenizer is not None
    vocabulary = piece_vocabulary(tokenizer)
    assert len(vocabulary) == len(tokenizer)
    assert vocabulary.words[:5] == ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
    pieces = [tokenizer.tokenize(word) for word in ("the", "garden", "slowest")]
    assert [len(part) for part in pieces][:2] == [1, 1] and len(pieces[2]) > 1
    found = tokenise(["the slowest garden"], tokenizer, vocabulary, 32)
    assert [vocabulary.words[i] for i in found.labels] == ["the", "garden"]


def test_pieces_as_vocabulary_start_as_their_own_embeddings() -> None:
    tokenizer = tiny_encoder().tokenizer
    assert tokenizer is not None
    model = fresh_encoder(BackboneSize(1, 16, 2, 32), tokenizer, piece_vocabulary(tokenizer))
    embedding = model.backbone.get_input_embeddings().weight
    assert torch.equal(model.head.weight, embedding)
    words = Vocabulary(("##zzz", "the"))
    assert torch.equal(pool_rows(embedding, tokenizer, words)[1], embedding[tokenizer.vocab["the"]])
