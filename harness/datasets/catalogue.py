"""What ir_datasets yields, as checked as the lines of a file are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

from ground.errors import InputError
from ground.reading import fault_of_id
from harness.datasets.judgments import whole_grade
from harness.datasets.model import Document

_T = TypeVar("_T")
Entry = tuple[int, _T | InputError]
"""Number from 1, and what was read or what is wrong with it."""
Judged = tuple[str, str, int]
"""Query id, document id, grade."""


def catalogue() -> Any:
    """The library.

    Raises:
        InputError: it is not installed.
    """
    try:
        import ir_datasets
    except ImportError:
        raise InputError(
            "Data sets named irds:ID need the package ir_datasets, which is not installed. "
            "Install it with: pip install 'esplade[irds]'"
        ) from None
    return ir_datasets


def documents(part: Any, where: str) -> Iterator[Entry[Document]]:
    """The documents; of plain passages the text is all they have."""
    for number, found in enumerate(part.docs_iter(), 1):
        place = f"{where}, document {number}"
        try:
            yield number, _document(found, place)
        except InputError as error:
            yield number, error


def queries(part: Any, where: str) -> Iterator[Entry[tuple[str, str]]]:
    """(id, text) of the queries; of topics with several fields the text is the short one."""
    if not part.has_queries():
        raise InputError(f"{where} has no queries. Choose an id that has some.")
    for number, found in enumerate(part.queries_iter(), 1):
        place = f"{where}, query {number}"
        try:
            yield number, (_id(found.query_id, place), _text(found.default_text(), "text", place))
        except InputError as error:
            yield number, error


def judgments(part: Any, where: str) -> Iterator[Entry[Judged]]:
    """(query id, document id, grade) of the judgments, repetitions and all."""
    of_pair: dict[tuple[str, str], tuple[Any, int]] = {}
    for number, found in enumerate(part.qrels_iter(), 1):
        place = f"{where}, judgment {number}"
        try:
            pair = _id(found.query_id, place), _id(found.doc_id, place)
            grade = whole_grade(getattr(found, "relevance", None), place)
            subtopic = getattr(found, "subtopic_id", None)
            if subtopic is not None:
                before = of_pair.setdefault(pair, (subtopic, grade))
                _check_subtopic(pair, before, (subtopic, grade), place)
            yield number, (*pair, grade)
        except InputError as error:
            yield number, error


def _check_subtopic(
    pair: tuple[str, str], before: tuple[Any, int], now: tuple[Any, int], place: str
) -> None:
    if before[1] != now[1]:
        raise InputError(
            f"{place}: query {pair[0]!r} and document {pair[1]!r} are judged {now[1]} for "
            f"subtopic {now[0]} and {before[1]} for subtopic {before[0]}, and a run is scored by "
            f"one grade a pair. Write the grades that you mean to a file of judgments, and use "
            f"the collection as a folder in BEIR's layout."
        )


def _document(found: Any, place: str) -> Document:
    title = _text(getattr(found, "title", None), "title", place)
    text = _text(getattr(found, "text", None), "text", place)
    text = text or _text(getattr(found, "body", None), "body", place)
    if not title and not text:
        text = _text(found.default_text(), "text", place)
    return Document(_id(found.doc_id, place), title, text)


def _id(value: Any, place: str) -> str:
    name = str(value)
    if value is None or (fault := fault_of_id(name)):
        raise InputError(f"{place}: {'the id is missing.' if value is None else fault}")
    return name


def _text(value: Any, field: str, place: str) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InputError(
            f"{place}: field {field!r} is a {type(value).__name__}, where a string is needed."
        )
    return value
