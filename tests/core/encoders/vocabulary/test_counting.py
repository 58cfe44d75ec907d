from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encoders.vocabulary.counting import count_all, filled_vocabulary
from encoders.vocabulary.coverage import coverage, script_of
from encoders.vocabulary.given_words import given_words, piece_vocabulary
from encoders.vocabulary.vocabulary import MAX_WORD_LENGTH, Vocabulary, count_words, is_word, words
from encoders.vocabulary.word_counts import WordCounts
from ground.errors import InputError

TEXTS = [
    "the cat, the dog",
    "한글 파일을 the",
    "👍 👨\u200d👩\u200d👧 cafe\u0301 3.14",
    "dog 파일을",
] * 30
AWKWARD = (
    "aB1_.,' \t\u0301\u200d\u200b👩🇰🇷\u202f\u00a0\u00b4\u2028\x1c가\u1112\u1161日カא\u05f3\u00ad"
)


def one_by_one(texts: list[str]) -> Counter[str]:
    counts = Counter(word for text in texts for word in words(text))
    return Counter({w: n for w, n in counts.items() if len(w) <= MAX_WORD_LENGTH and is_word(w)})


@given(st.lists(st.text(st.sampled_from(AWKWARD) | st.characters(codec="utf-8")), max_size=4))
def test_counting_chunks_once_equals_counting_every_text(texts: list[str]) -> None:
    assert count_words(texts) == one_by_one(texts)


@given(
    st.lists(st.dictionaries(st.text("ab\U0001f44d가", min_size=1), st.integers(1, 9)), max_size=9),
    st.integers(1, 5),
)
def test_runs_on_disk_change_nothing(blocks: list[dict[str, int]], most: int) -> None:
    whole: Counter[str] = Counter()
    with WordCounts(most) as counts:
        for block in blocks:
            counts.add(Counter(block))
            whole.update(block)
        assert dict(counts.items()) == whole
        assert [w for w, _ in counts.items()] == sorted(whole)


def test_more_runs_than_files_are_opened_at_once(tmp_path: Path) -> None:
    with WordCounts(1, tmp_path) as counts:
        for i in range(150):
            counts.add(Counter({f"w{i % 70:02d}": 1, "the": 2}))
        assert counts.runs <= 64
        assert counts.vocabulary(size=2) == ("the", "w00")
        assert sum(n for _, n in counts.items()) == 450
        assert any(tmp_path.iterdir())
    assert not any(tmp_path.iterdir())


def test_a_vocabulary_is_cut_by_size_and_by_frequency() -> None:
    with WordCounts(2) as counts:
        counts.add(Counter({"b": 2, "a": 2, "d": 1, "c": 3}))
        assert counts.vocabulary() == ("c", "a", "b", "d")
        assert counts.vocabulary(size=2) == ("c", "a")
        assert counts.vocabulary(min_count=2, without={"c"}) == ("a", "b")


@pytest.mark.parametrize("workers", [1, 2])
def test_processes_count_what_one_counts(workers: int) -> None:
    done: list[int] = []
    with count_all(TEXTS, workers=workers, most=3, block=400, progress=done.append) as counts:
        assert dict(counts.items()) == one_by_one(TEXTS)
        assert counts.runs > 0
    assert sum(done) == len(TEXTS)


def test_a_text_that_fails_leaves_no_processes_or_files_behind(tmp_path: Path) -> None:
    def texts() -> object:
        yield from TEXTS
        raise InputError("damaged")

    with pytest.raises(InputError, match="damaged"):
        count_all(texts(), workers=2, most=1, block=100)  # type: ignore[arg-type]


def test_processes_fill_a_vocabulary_as_one_does() -> None:
    own, general = TEXTS[:4], [*TEXTS, "zebra zebra lion"] * 50
    one = filled_vocabulary(own, general, size=10, min_count=1)
    two = filled_vocabulary(own, general, size=10, min_count=1, workers=2)
    assert one == two and one.words[:3] == ("the", "dog", "파일을") and one.words[9] == "zebra"
    with pytest.raises(InputError, match="5,?000 times"):
        filled_vocabulary(own, [], size=10, min_count=5000)


@pytest.mark.parametrize(
    ("word", "script"),
    [
        ("cat", "Latin"),
        ("한글", "Hangul"),
        ("漢字", "Han"),
        ("カタカナ", "Kana"),
        ("ひらがな", "Kana"),
        ("мир", "Cyrillic"),
        ("3.14", "number"),
        ("3d", "Latin"),
        ("👍", "pictograph"),
        ("ⴰⴱ", "other"),
    ],
)
def test_scripts(word: str, script: str) -> None:
    assert script_of(word) == script


def test_coverage_by_script() -> None:
    counts = sorted({"the": 5, "cat": 2, "ox": 2, "emu": 2, "한글": 1, "42": 1}.items())
    everything, latin, hangul, number = coverage(counts, Vocabulary(("the", "한글")), 2)
    assert (everything.words, everything.covered, everything.distinct) == (13, 6, 6)
    assert everything.share == 6 / 13 and everything.distinct_share == 2 / 6
    assert (latin.script, latin.words, latin.share) == ("Latin", 11, 5 / 11)
    assert latin.missing == (("cat", 2), ("emu", 2))
    assert (hangul.script, hangul.share, hangul.missing) == ("Hangul", 1.0, ())
    assert (number.script, number.share) == ("number", 0.0)


def test_a_given_list_is_brought_into_the_form_of_text(tmp_path: Path) -> None:
    listed = tmp_path / "words.txt"
    listed.write_text(
        "Python\n\ncafe\u0301\nPYTHON\nc++\n👍\n" + "x" * 200 + "\n", encoding="utf-8"
    )
    given = given_words(listed)
    assert given.vocabulary.words == ("python", "café", "c++", "👍", "x" * 200)
    assert (given.repeated, given.unreachable) == (1, ("c++",))
    assert len(given_words(listed, 2).vocabulary) == 2
    listed.write_text("one\ntwo words\n")
    with pytest.raises(InputError, match="line 2: 'two words'"):
        given_words(listed)
    listed.write_text("\n")
    with pytest.raises(InputError, match="is empty"):
        given_words(listed)


def test_pieces_are_terms_in_the_order_of_their_ids() -> None:
    class Tokenizer:
        def get_vocab(self) -> dict[str, int]:
            return {"[PAD]": 0, "##ing": 2, "the": 1, "a b": 4, "": 5}

    vocabulary = piece_vocabulary(Tokenizer(), 7)  # type: ignore[arg-type]
    wanted = ("[PAD]", "the", "##ing", "[unused:3]", "a\\u0020b", "[empty]", "[unused:6]")
    assert vocabulary.words == wanted
