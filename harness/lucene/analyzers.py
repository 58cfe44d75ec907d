"""Lucene analyzers by language, as Anserini chooses them."""

from __future__ import annotations

from typing import Any

from harness.errors import InputError
from harness.lucene.jvm import java_class, start

_LUCENE = "org.apache.lucene.analysis."
ENGLISH = "io.anserini.analysis.DefaultEnglishAnalyzer"
STANDARD = _LUCENE + "standard.StandardAnalyzer"

# Classes of a language, the first that is on the class path is taken. The languages are those of
# Anserini's AnalyzerMap; Nori, which splits Korean words into morphemes, came to its jar with
# version 2, and before it Anserini's choice for Korean was pairs of characters.
_ANALYZERS: dict[str, tuple[str, ...]] = {
    "ar": ("ar.ArabicAnalyzer",),
    "bn": ("bn.BengaliAnalyzer",),
    "da": ("da.DanishAnalyzer",),
    "de": ("de.GermanAnalyzer",),
    "es": ("es.SpanishAnalyzer",),
    "fa": ("fa.PersianAnalyzer",),
    "fi": ("fi.FinnishAnalyzer",),
    "fr": ("fr.FrenchAnalyzer",),
    "hi": ("hi.HindiAnalyzer",),
    "hu": ("hu.HungarianAnalyzer",),
    "id": ("id.IndonesianAnalyzer",),
    "it": ("it.ItalianAnalyzer",),
    "ja": ("ja.JapaneseAnalyzer",),
    "ko": ("ko.KoreanAnalyzer", "cjk.CJKAnalyzer"),
    "nl": ("nl.DutchAnalyzer",),
    "no": ("no.NorwegianAnalyzer",),
    "pl": ("morfologik.MorfologikAnalyzer",),
    "pt": ("pt.PortugueseAnalyzer",),
    "ru": ("ru.RussianAnalyzer",),
    "sv": ("sv.SwedishAnalyzer",),
    "te": ("te.TeluguAnalyzer",),
    "th": ("th.ThaiAnalyzer",),
    "tr": ("tr.TurkishAnalyzer",),
    "uk": ("uk.UkrainianMorfologikAnalyzer",),
    "zh": ("cjk.CJKAnalyzer",),
}


def find_analyzer(language: str | None) -> tuple[str, Any]:
    """The analyzer of a language.

    Args:
        language: "en" for Anserini's English (stop words, Porter stemmer), another code of
            Anserini's, None for words by Unicode's rules in lower case without stemming, or
            the full name of an analyzer class.

    Returns:
        The class's full name, for the record, and an instance.

    Raises:
        InputError: no analyzer for this language.
    """
    names = _class_names(language)
    for name in names:
        analyzer = _instance(name)
        if analyzer is not None:
            return name, analyzer
    raise _unknown(language, names)


def check_language(language: str) -> None:
    """Refuse a language that no analyzer is known for, before Java is started.

    Raises:
        InputError: it is no known code, and no name of a class.
    """
    if not _class_names(language):
        raise _unknown(language, ())


def _unknown(language: str | None, names: tuple[str, ...]) -> InputError:
    known = ", ".join(sorted({"en", *_ANALYZERS}))
    return InputError(
        f"No analyzer for the language {language!r}"
        f"{' (not on the class path: ' + ', '.join(names) + ')' if names else ''}. "
        f"Known are {known}, and none for plain words; jars named in ESPLADE_CLASSPATH can add "
        f"others, given by the full name of their class."
    )


def _class_names(language: str | None) -> tuple[str, ...]:
    if language is None:
        return (STANDARD,)
    if language == "en":
        return (ENGLISH,)
    if "." in language:
        return (language,)
    return tuple(_LUCENE + name for name in _ANALYZERS.get(language, ()))


def _instance(name: str) -> Any:
    """An instance of an analyzer class; None if there is no such class."""
    start()
    from jnius import JavaException

    try:
        analyzer = java_class(name)
        return analyzer.newDefaultInstance() if name == ENGLISH else analyzer()
    except JavaException:
        return None
