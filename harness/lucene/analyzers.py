"""Lucene analyzers by language, as Anserini chooses them."""

from __future__ import annotations

from typing import Any

from ground.errors import InputError
from harness.lucene.jvm import java_class, kernel, start
from harness.lucene.packing import pack_strings

_LUCENE = "org.apache.lucene.analysis."
ENGLISH = "io.anserini.analysis.DefaultEnglishAnalyzer"
STANDARD = _LUCENE + "standard.StandardAnalyzer"
_WORD = "a"
# Languages whose words only the runtime's own data can find.
_NAMES = {"th": "Thai"}

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
        InputError: no analyzer for this language, or none that works on this Java.
    """
    names = check_language(language)
    for name in names:
        analyzer = _instance(name)
        if analyzer is not None:
            _rehearse(language, name, analyzer)
            return name, analyzer
    raise _unknown(language, names)


def check_language(language: str | None) -> tuple[str, ...]:
    """The classes that are tried for a language; Java is not started.

    Raises:
        InputError: no class is known for it.
    """
    names = _class_names(language)
    if not names:
        raise _unknown(language, names)
    return names


def unusable_languages() -> dict[str, str]:
    """Why a language's analyzer does not work here, by its code; tries all of them."""
    found = {}
    for language in sorted({"en", *_ANALYZERS}):
        try:
            find_analyzer(language)
        except InputError as error:
            found[language] = str(error)
    return found


def number_of_languages() -> int:
    """How many languages have an analyzer by their code."""
    return len({"en", *_ANALYZERS})


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


def _rehearse(language: str | None, name: str, analyzer: Any) -> None:
    """Analyse a word: some analyzers need data of the Java runtime, and ask for it only then.

    Raises:
        InputError: the analyzer does not work on this Java.
    """
    from jnius import JavaException

    try:
        kernel("Analysis").count(analyzer, pack_strings([_WORD]))
    except JavaException as error:
        home = java_class("java.lang.System").getProperty("java.home")
        what = f"The analyzer {name} does not work with the Java at {home}"
        if language in _NAMES:
            what = f"The Java at {home} has no data for {_NAMES[language]}"
        raise InputError(
            f"{what} ({error.innermessage or error.classname}); set ESPLADE_JAVA_HOME to a full "
            f"JDK 21, or choose another --language (none: words by Unicode's rules)."
        ) from None
