"""Texts longer than an encoder takes are counted; the oracle is the tokenizer without a limit."""

from __future__ import annotations

import numpy as np
import pytest
from tiny_encoder import TEXTS, tiny_encoder

from encoders.encoding.encode import encode, encode_counting
from encoders.encoding.statistics import logit_statistics
from encoders.encoding.truncation import cut_to
from encoders.finetuning.pairs import RankingData, TokenisedPairs
from encoders.pretraining.masking import tokenise

LONG = "the dog and the cat " * 10
MIXED = [*TEXTS, LONG, "", LONG[:60], "the", "\ud83d " + LONG]


def whole_lengths(tokenizer: object, texts: list[str]) -> list[int]:
    clean = [text.encode("utf-8", "replace").decode() for text in texts]
    return [len(row) for row in tokenizer(clean, verbose=False)["input_ids"]]  # type: ignore[operator]


@pytest.mark.parametrize("limit", [3, 5, 8, 12, 13, 24, 400])
def test_the_count_is_the_tokenizers_own(limit: int) -> None:
    tokenizer = tiny_encoder().tokenizer
    assert tokenizer is not None
    lengths = whole_lengths(tokenizer, MIXED)
    ids, longer = cut_to(tokenizer, MIXED, limit)
    assert longer == sum(n > limit for n in lengths)
    assert [len(row) for row in ids] == [min(n, limit) for n in lengths]


def test_a_text_of_exactly_the_limit_is_whole() -> None:
    tokenizer = tiny_encoder().tokenizer
    assert tokenizer is not None
    (length,) = whole_lengths(tokenizer, [TEXTS[0]])
    assert cut_to(tokenizer, [TEXTS[0]], length)[1] == 0
    assert cut_to(tokenizer, [TEXTS[0]], length - 1)[1] == 1
    assert cut_to(tokenizer, [], 5) == ([], 0)


def test_a_tokenizer_that_does_not_say_what_it_cut() -> None:
    tokenizer = tiny_encoder().tokenizer

    class Slow:
        def __call__(self, texts: list[str], **options: object) -> object:
            found = tokenizer(texts, **options)  # type: ignore[misc]

            class Answer(dict):  # type: ignore[type-arg]
                encodings = None

            return Answer(input_ids=found["input_ids"])

    assert cut_to(Slow(), MIXED, 24) == cut_to(tokenizer, MIXED, 24)  # type: ignore[arg-type]


def test_encoding_counts_and_gives_the_same_rows() -> None:
    model = tiny_encoder()
    model.config.query_max_length = 6
    for side, limit in (("doc", 24), ("query", 6)):
        rows, longer = encode_counting(model, MIXED, side=side)  # type: ignore[arg-type]
        assert longer == sum(n > limit for n in whole_lengths(model.tokenizer, MIXED)) > 0
        assert (rows != encode(model, MIXED, side=side)).nnz == 0  # type: ignore[arg-type]


def test_training_pairs_statistics_and_masking_count() -> None:
    model = tiny_encoder()
    lengths = whole_lengths(model.tokenizer, MIXED)
    expected = sum(n > 24 for n in lengths)
    documents = {f"d{i}": text for i, text in enumerate(MIXED)}
    data = RankingData({"q": LONG, "r": "the dog"}, documents, {"q": ["d0"], "r": ["d1"]})
    pairs = TokenisedPairs(model, data)
    assert (pairs.longer_documents, pairs.longer_queries) == (expected, 1)
    found = logit_statistics(model, MIXED)
    assert found.longer == expected
    assert "longer" not in found.to_dict(), "the statistics of studies stay as they are"
    assert model.tokenizer is not None and model.vocabulary is not None
    kept = tokenise(MIXED, model.tokenizer, model.vocabulary, 24)
    assert kept.longer == expected


def test_half_characters_stand_for_a_question_mark() -> None:
    model = tiny_encoder()
    given, mended = ["the caf\udce9 \ud83d cat"], ["the caf? ? cat"]
    for side in ("doc", "query"):
        rows = [encode(model, texts, side=side) for texts in (given, mended)]  # type: ignore[arg-type]
        assert rows[0].nnz and np.array_equal(rows[0].toarray(), rows[1].toarray())
    assert model.tokenizer is not None and model.vocabulary is not None
    ids = [tokenise(t, model.tokenizer, model.vocabulary, 24).ids for t in (given, mended)]
    assert ids[0].tolist() == ids[1].tolist()


def test_half_characters_in_words_and_in_a_tokenizers_training() -> None:
    from encoders.vocabulary.tokenizer import train_wordpiece
    from encoders.vocabulary.vocabulary import count_words, words

    assert words("caf\udce9 rows \ud83d") == words("caf? rows ?") == ["caf", "rows"]
    assert count_words(["a\ud800b"]) == count_words(["a?b"]) == {"a": 1, "b": 1}
    trained = [train_wordpiece([text] * 4, 100) for text in ("sort \ud83d rows", "sort ? rows")]
    assert trained[0].get_vocab() == trained[1].get_vocab()


def test_inference_free_queries_are_cut_after_their_terms() -> None:
    from encoders.finetuning.query_side import set_query_encoder
    from encoders.training.settings import FinetuneSettings

    model = tiny_encoder()
    set_query_encoder(model, FinetuneSettings(query_encoder="inference-free"))
    model.config.query_max_length = 3
    # "the cat sat" has three words of U, TEXTS[1] more, and a repeated word counts once.
    texts = ["the cat sat", TEXTS[1], "the the the the cat sat"]
    assert encode_counting(model, texts, side="query")[1] == 1
    assert encode_counting(model, ["cat \ud83d"], side="query")[0].nnz == 1
