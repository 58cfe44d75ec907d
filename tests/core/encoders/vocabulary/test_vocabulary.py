from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encoders.training.corpus import mix, read_lines
from encoders.vocabulary.counting import filled_vocabulary
from encoders.vocabulary.vocabulary import Vocabulary, count_words, nfkc, word_spans, words
from ground.errors import InputError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Can't stop, won't stop!", ["can't", "stop", "won't", "stop"]),
        ("os.path joins foo_bar at 3.14", ["os.path", "joins", "foo_bar", "at", "3.14"]),
        ("안녕하세요, 세계", ["안녕하세요", "세계"]),
        ("\u1112\u1161\u11ab\u1100\u1173\u11af", ["한글"]),  # conjoining jamo compose
        ("cafe\u0301 ﬁne Ａ", ["café", "fine", "a"]),
        ("👨\u200d👩\u200d👧 ok", ["👨\u200d👩\u200d👧", "ok"]),
        ("日本カタカナ", ["日", "本", "カタカナ"]),
        ("-- ___ ... #", []),
        ("", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@given(st.text())
def test_words_hold_no_white_space_and_spans_tell_where_they_are(text: str) -> None:
    form = nfkc(text)
    spans = list(word_spans(form))
    assert words(text) == [form[a:b].lower() for a, b in spans]
    assert all(a < b for a, b in spans)
    assert all(b <= c for (_, b), (c, _) in zip(spans, spans[1:], strict=False))
    assert not any(c.isspace() for word in count_words([text]) for c in word)


def test_the_order_is_by_frequency_then_word() -> None:
    counts = count_words(["b a b", "a c", "d"])
    assert Vocabulary.from_counts(counts).words == ("a", "b", "c", "d")
    assert Vocabulary.from_counts(counts, size=3).words == ("a", "b", "c")
    assert Vocabulary.from_counts(counts, min_count=2).ids == {"a": 0, "b": 1}


def test_an_empty_vocabulary_is_refused() -> None:
    with pytest.raises(InputError, match="smaller minimum"):
        Vocabulary.from_counts(Counter(a=1), min_count=2)


def test_long_words_are_not_counted() -> None:
    assert count_words(["a" * 64, "b" * 65]) == {"a" * 64: 1}


def test_saved_and_loaded(tmp_path: Path) -> None:
    vocabulary = Vocabulary(("the", "한글", "👍", "\u00e9"))
    vocabulary.save(tmp_path / "v.txt")
    assert (tmp_path / "v.txt").read_bytes() == "the\n한글\n👍\né\n".encode()
    assert Vocabulary.load(tmp_path / "v.txt") == vocabulary


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a\nb c\n", "line 2.*white space"),
        ("a\nb\u3000c\n".encode(), "line 2.*white space"),
        (b"a\n\nb\n", "line 2"),
        (b"a\nb\na\n", "line 3.*line 1"),
        (b"", "empty"),
        (b"\xff\xfe\n", "UTF-8"),
    ],
)
def test_a_bad_file_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "v.txt").write_bytes(content)
    with pytest.raises(InputError, match=message):
        Vocabulary.load(tmp_path / "v.txt")


def test_own_words_come_first_and_general_ones_fill_up() -> None:
    got = filled_vocabulary(["x y", "y"], ["z z y", "w z w q"], size=4, min_count=1)
    assert got.words == ("y", "x", "z", "w")
    assert filled_vocabulary([], ["z z y"], size=1, min_count=1).words == ("z",)


def test_the_mix_of_a_corpus_is_drawn_by_seed() -> None:
    general = [str(i) for i in range(100)]
    first = mix(general, ["own"], limit=10, repeat=2, seed=1)
    assert first == mix(general, ["own"], limit=10, repeat=2, seed=1)
    assert len(first) == 12 and first[-2:] == ["own", "own"]
    assert first != mix(general, ["own"], limit=10, repeat=2, seed=2)


def test_a_corpus_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "broken.gz").write_bytes(b"no gzip")
    with pytest.raises(InputError, match=r"broken\.gz: .* holds no gzip data"):
        list(read_lines(tmp_path / "broken.gz"))
    (tmp_path / "ok.txt").write_text("one\n\n  two \n", encoding="utf-8")
    assert list(read_lines(tmp_path / "ok.txt")) == ["one", "two"]
