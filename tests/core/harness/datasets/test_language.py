"""Languages told by script and small words; nothing is guessed where several would do."""

from __future__ import annotations

import pytest

from harness.datasets.language import guess_language

ENGLISH = ["The effect of exercise on the heart", "Should zoos be closed?", "A study of sleep"]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (ENGLISH, "en"),
        (["파일과 폴더를 복사합니다", "rm 명령으로 지웁니다"], "ko"),
        (["検索エンジンの評価について", "日本語の文書"], "ja"),
        (["信息检索的评价方法", "中文文档"], "zh"),
        (["เราเรียนการค้นคืนข้อมูล"], "th"),
        (["Die Häuser der Stadt und das Land", "Wie wird der Wein nicht sauer"], "de"),
        (["Les effets de la lumière sur le sommeil des enfants dans une ville"], "fr"),
        (["рассказы о городе и реке"], None),
        (["الكتاب على الطاولة"], None),
        (["pandas.DataFrame.drop_duplicates", "os.path.join", "numpy.ndarray.sort"], None),
        (["qwx zzy", "aab ccd"], None),
        (["", "  "], None),
        ([], None),
        ([*ENGLISH, "one Korean title 검색"], "en"),
    ],
)
def test_guesses(texts: list[str], expected: str | None) -> None:
    assert guess_language(texts) == expected


def test_only_the_beginning_is_read() -> None:
    def texts() -> object:
        for number in range(1001):
            assert number < 1000, "one text too many"
            yield "the house that is of the sun"

    assert guess_language(texts()) == "en"  # type: ignore[arg-type]
