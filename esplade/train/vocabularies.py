"""Building vocabularies, and measuring and showing what they cover."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ground.errors import InputError

if TYPE_CHECKING:
    from encoders.vocabulary.coverage import Coverage
    from encoders.vocabulary.vocabulary import Vocabulary
    from harness.report.tables import Table

Sources = tuple[Any, Sequence[Path], bool, str | None]
"""Data set, text files, whether its general text is used, and fields of documents."""

_NAMED = re.compile(r"([a-z]{2,3})=(.+)", re.DOTALL)


def counted(sources: Sources, size: int | None, min_count: int, workers: int | None) -> Vocabulary:
    """Count a vocabulary.

    Raises:
        InputError: there is no text to count.
    """
    from encoders.vocabulary.counting import filled_vocabulary
    from esplade.progress import progress
    from esplade.train.data import corpus_texts, documents

    dataset, corpus, general, fields = sources
    if dataset is None and not corpus:
        raise InputError("There is no text to count: give --dataset D or --corpus FILE.")
    own = documents(dataset, fields).texts.values() if dataset is not None else ()
    texts = corpus_texts(dataset, corpus, general)
    with progress("texts counted") as advance:
        return filled_vocabulary(
            own, texts, size=size, min_count=min_count, workers=workers, progress=advance
        )


def given(path: Path, size: int | None) -> Vocabulary:
    """A given list of words; says what of it no text can hold."""
    from encoders.vocabulary.given_words import given_words
    from esplade.progress import say

    found = given_words(path, size)
    if found.repeated:
        say(f"{path}: {found.repeated:,} repeated words left out (after NFKC and lower-casing).")
    if found.unreachable:
        say(
            f"{path}: {len(found.unreachable):,} entries are not what any text is split into "
            f"(the first is {found.unreachable[0]!r}): they can be terms, but pre-training never "
            f"sees them masked."
        )
    return found.vocabulary


def pieces(name: str, size: int | None) -> Vocabulary:
    """The pieces of a tokenizer.

    Raises:
        InputError: there is none, or only some are asked for.
    """
    from encoders.checkpoints.loading import load_tokenizer
    from encoders.vocabulary.given_words import piece_vocabulary
    from esplade.loading import encoder_folder

    if size is not None:
        raise InputError("--wordpieces takes all pieces of the tokenizer; leave --size out.")
    return piece_vocabulary(load_tokenizer(encoder_folder(name)))


class Measured(NamedTuple):
    """The coverage of one held-out text by one script."""

    text: str
    language: str
    part: Coverage

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        part = self.part
        return {
            "text": self.text,
            "language": self.language or None,
            "script": part.script,
            "words": part.words,
            "share": part.share,
            "distinct": part.distinct,
            "distinct_share": part.distinct_share,
            "missing": [{"word": word, "count": n} for word, n in part.missing],
        }


def measure(
    texts: Sequence[Any], vocabulary: Vocabulary, fields: str | None, workers: int | None
) -> list[Measured]:
    """Count held-out texts and see how much of them a vocabulary covers.

    Args:
        texts: text files or data sets, by name or open; ``ko=TEXT`` names the language.
        vocabulary: U.
        fields: what of a data set's documents counts; None for what it has.
        workers: see `encoders.vocabulary.counting.count_all`.

    Raises:
        InputError: there is no such text.
    """
    from encoders.vocabulary.counting import count_all
    from encoders.vocabulary.coverage import coverage
    from esplade.progress import progress

    found: list[Measured] = []
    for name, language, lines in chain.from_iterable(_held_out(t, fields) for t in texts):
        with (
            progress(name) as advance,
            count_all(lines, workers=workers, progress=advance) as counts,
        ):
            parts = coverage(counts.items(), vocabulary)
        found += [Measured(name, language, part) for part in parts]
    return found


def _held_out(given: Any, asked: str | None) -> Iterator[tuple[str, str, Iterator[str]]]:
    """Name, language (or "") and texts of a file, or of a data set's documents and queries."""
    from encoders.training.corpus import read_lines
    from esplade.fields import settle_fields
    from harness.datasets import load_dataset
    from harness.datasets.contents import Contents

    if hasattr(given, "docs"):
        data, language = given, ""
    else:
        named = _NAMED.fullmatch(str(given))
        language, path = (named[1], Path(named[2])) if named else ("", Path(given))
        if path.is_file():
            yield path.name, language, read_lines(path)
            return
        data = load_dataset(str(path), language=language or None)
    language = data.language or ""
    fields = settle_fields(data, asked)
    contents = (text for _, text in Contents(data, fields) if text)
    yield f"{data.name}, documents ({fields})", language, contents
    for split in data.splits:
        yield f"{data.name}, {split} queries", language, iter(data.queries(split).values())


def coverage_table(measured: Sequence[Measured], size: int) -> Table:
    """One row for each text and script."""
    from harness.report.tables import Column, Row, Table

    columns = (
        Column("text", "text"),
        Column("language", "language"),
        Column("script", "script"),
        Column("words", "words", 0),
        Column("share", "% in U", 2),
        Column("distinct", "different words", 0),
        Column("distinct_share", "% of them in U", 2),
        Column("missing", "most frequent ones that are not"),
    )
    rows = []
    for one in measured:
        facts = one.to_dict()
        facts |= {name: 100 * facts[name] for name in ("share", "distinct_share")}
        facts["missing"] = ", ".join(f"{word} ({n:,})" for word, n in one.part.missing)
        rows.append(Row(facts))
    return Table(columns, tuple(rows), f"Words in an output vocabulary U of {size:,}")
