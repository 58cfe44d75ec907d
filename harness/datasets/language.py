"""Which language documents are in, where nobody says: by their script, else by small words."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from itertools import islice

_DOCUMENTS, _CHARACTERS = 1000, 1000
"""What is looked at: so many documents, so much of each."""
_SCRIPTS = {"HANGUL": "ko", "HIRAGANA": "ja", "KATAKANA": "ja", "CJK": "zh", "THAI": "th"}
_LEAST_SCRIPT = 0.3
_LEAST_WORDS, _DIFFERENT, _AHEAD = 0.08, 3, 2
"""Share of words that have to be small ones of a language, how many different ones, and how many
times as many as of any other."""
# Each stands in one list only, so that relatives (Danish and Norwegian) are not told apart by luck.
_SMALL_WORDS = {
    "en": "the of and to is that for with are by from this which at be was it an or not as",
    "de": "der die und das den von zu mit ist nicht ein eine auf für dem werden bei sich oder",
    "fr": "le les des et une du dans pour est sur par au aux avec ou ne ce qui pas",
    "es": "el los las y que para con del al se por su como más pero sus",
    "it": "il di che per non sono gli della del dei nel alla delle con da è",
    "nl": "het een van voor met zijn aan naar ook niet bij wordt deze worden",
    "pt": "os uma não em um ao pelo pela são mais dos das",
}
_WORD = re.compile(r"[^\W\d_]+")


def guess_language(texts: Iterable[str]) -> str | None:
    """The code of the language that the first texts are in; None where they do not tell.

    Korean, Japanese, Chinese and Thai have their own scripts; English and some neighbours are told
    by their small words. Whatever else shares its script with others is not guessed.
    """
    some = [text[:_CHARACTERS] for text in islice(texts, _DOCUMENTS)]
    return _by_script(some) or _by_small_words(some)


def _by_script(texts: list[str]) -> str | None:
    letters = Counter(c for text in texts if not text.isascii() for c in text if c.isalpha())
    ascii_letters = sum(c.isalpha() for text in texts if text.isascii() for c in text)
    total = ascii_letters + sum(letters.values())
    found: Counter[str] = Counter()
    for character, count in letters.items():
        name = unicodedata.name(character, "").partition(" ")[0].partition("-")[0]
        if name in _SCRIPTS:
            found[_SCRIPTS[name]] += count
    if not total or found.total() < _LEAST_SCRIPT * total:
        return None
    # Japanese is written with Chinese characters, too; kana are not written in Chinese.
    if found["ja"] > 0.1 * found.total():
        return "ja"
    return found.most_common(1)[0][0]


def _by_small_words(texts: list[str]) -> str | None:
    words = Counter(word for text in texts for word in _WORD.findall(text.lower()))
    shares = sorted(
        ((sum(words[w] for w in small.split()), code) for code, small in _SMALL_WORDS.items()),
        reverse=True,
    )
    (most, code), (second, _) = shares[:2]
    if most < max(_LEAST_WORDS * words.total(), _AHEAD * second):
        return None
    return code if sum(w in words for w in _SMALL_WORDS[code].split()) >= _DIFFERENT else None
