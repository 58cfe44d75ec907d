from __future__ import annotations

import os
import subprocess
import sys

import pytest
import tiny_encoder
from tiny_encoder import TEXTS

from encoders.vocabulary.tokenizer import SPECIAL_TOKENS, train_wordpiece

_DIGEST = """
import sys; sys.path[:0] = sys.argv[1:]
from tiny_encoder import TEXTS
from encoders.vocabulary.tokenizer import train_wordpiece
print(sorted(train_wordpiece(TEXTS * 2, 360).get_vocab().items()))
"""


def test_special_tokens_come_first_and_texts_are_wrapped() -> None:
    tokenizer = train_wordpiece(TEXTS, 200, min_frequency=1)
    assert tokenizer.convert_tokens_to_ids(list(SPECIAL_TOKENS)) == [0, 1, 2, 3, 4]
    assert len(tokenizer) <= 200 and len(tokenizer.all_special_ids) == 5
    ids = tokenizer("The CAT")["input_ids"]
    assert (ids[0], ids[-1]) == (2, 3)
    assert tokenizer.decode(ids[1:-1]) == "the cat"


def test_hangul_stays_in_syllables() -> None:
    tokenizer = train_wordpiece(TEXTS, 360, min_frequency=1)
    composed, conjoining = (
        tokenizer.tokenize(t) for t in ("한글", "\u1112\u1161\u11ab\u1100\u1173\u11af")
    )
    assert composed == conjoining
    assert tokenizer.decode(tokenizer("복사합니다")["input_ids"][1:-1]) == "복사합니다"


@pytest.mark.slow
def test_equal_texts_give_equal_tokenizers_in_other_processes() -> None:
    folder = os.path.dirname(tiny_encoder.__file__)
    outputs = {
        subprocess.run(
            [sys.executable, "-c", _DIGEST, folder], capture_output=True, text=True, check=True
        ).stdout
        for _ in range(2)
    }
    here = str(sorted(train_wordpiece(TEXTS * 2, 360).get_vocab().items()))
    assert outputs == {here + "\n"}


def test_whole_words_are_one_token_each() -> None:
    rare = ["_stricmp_l", "cmfctoolbar", "한국어입력기", "c2079"]
    tokenizer = train_wordpiece(TEXTS, 200, min_frequency=1, whole=rare)
    plain = train_wordpiece(TEXTS, 200, min_frequency=1)
    for word in rare:
        assert word in tokenizer.tokenize(f"Of {word.upper()}, one")
        assert plain.tokenize(word) != [word]
    assert sorted(tokenizer.get_vocab().values()) == list(range(len(tokenizer)))
    again = train_wordpiece(TEXTS, 200, min_frequency=1, whole=rare)
    assert again.get_vocab() == tokenizer.get_vocab()
