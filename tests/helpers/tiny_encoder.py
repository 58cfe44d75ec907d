"""An encoder small enough to build in every test that needs one."""

from __future__ import annotations

from encoders.model.fresh import BackboneSize, fresh_encoder
from encoders.model.model import EspladeModel
from encoders.vocabulary.tokenizer import train_wordpiece
from encoders.vocabulary.vocabulary import Vocabulary, count_words

TEXTS = [
    "the cat sat on the mat and looked at the dog",
    "a dog chased the cat around the old garden",
    "파일과 폴더를 복사합니다 그리고 파일을 지웁니다",
    "reading files from the disk is slow but writing them is slower",
    "sort the list of numbers and print the largest number",
    "the garden gate was open so the dog ran into the street",
]


def tiny_encoder(hidden: int = 16, seed: int = 1, dropout: float = 0.1) -> EspladeModel:
    vocabulary = Vocabulary.from_counts(count_words(TEXTS))
    tokenizer = train_wordpiece(TEXTS * 2, 360, max_length=32)
    size = BackboneSize(layers=1, hidden=hidden, heads=2, max_length=32, dropout=dropout)
    model = fresh_encoder(size, tokenizer, vocabulary, seed)
    model.config.query_max_length = model.config.doc_max_length = 24
    return model.eval()
