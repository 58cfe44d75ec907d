"""Which of Lucene's analyzers BM25 takes: settled and tried before any document is indexed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ground.errors import InputError

if TYPE_CHECKING:
    from harness.datasets import Dataset


def analyzer_language(asked: str | None, data: Dataset) -> str | None:
    """The language whose analyzer is taken; None for words as they stand.

    What the user asked for, else the data set's own, else what its documents look like; which
    it was is said where nobody had named one.

    Raises:
        InputError: there is no analyzer for it, or it does not work on this Java.
    """
    from harness.lucene.analyzers import find_analyzer

    chosen = asked or data.language
    if chosen is None:
        return _guessed(data)
    language = None if chosen == "none" else chosen
    find_analyzer(language)
    return language


def _guessed(data: Dataset) -> str | None:
    from esplade.progress import say
    from harness.datasets.contents import Contents
    from harness.datasets.language import guess_language
    from harness.lucene.analyzers import find_analyzer

    language = guess_language(text for _, text in Contents(data, "title+text"))
    why = "its documents do not tell"
    if language is not None:
        try:
            find_analyzer(language)
        except InputError as error:
            language, why = None, f"its documents look like {language}, but: {error}"
    if language is None:
        say(
            f"{data.name} does not name its language, and {why}: BM25 takes words as they stand, "
            f"without stemming. --language CODE (or a card, dataset.json) makes it stronger."
        )
    else:
        say(
            f"{data.name} does not name its language, and its documents look like {language}: "
            f"BM25 takes that analyzer. --language names another, or none."
        )
    return language
