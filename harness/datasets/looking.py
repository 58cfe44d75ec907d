"""What is looked for in documents, queries and judgments, wherever they come from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from ground.errors import InputError
from harness.datasets.report import Part, Report

_T = TypeVar("_T")
Record = tuple[int, str, dict[str, str]]
"""Number, id, texts of the fields by their names."""
Judgments = Iterable[tuple[int, tuple[str, str, int] | InputError]]


def look_at_documents(part: Part, records: Iterable[Record]) -> dict[str, int]:
    """Report what is odd about documents; their ids with their numbers."""
    seen: dict[str, int] = {}
    empty: dict[str, list[str]] = {"title": [], "text": []}
    for number, identity, fields in _distinct(part, records, seen):
        for name, those in empty.items():
            if not fields[name].strip():
                those.append(identity)
        if not any(text.strip() for text in fields.values()):
            part.add("warning", "document with neither title nor text", number, identity)
    for name, those in empty.items():
        # A collection of titles alone lacks nothing.
        if len(those) < len(seen):
            for identity in those:
                part.add("warning", f"document with an empty {name}", seen[identity], identity)
    if not seen:
        part.report.add("error", "empty collection", f"{part.name}: no document could be read")
    return seen


def look_at_queries(
    part: Part, records: Iterable[Record], documents: dict[str, int]
) -> dict[str, int]:
    """Report what is odd about queries; their ids with their numbers."""
    seen: dict[str, int] = {}
    for number, identity, fields in _distinct(part, records, seen):
        if not fields["text"].strip():
            part.add("warning", "empty query", number, identity)
    same = [query for query in seen if query in documents]
    for query in same:
        what = f"{query} (one of {len(same):,} query ids that are also document ids; where the "
        what += "query is the document, search --drop-self leaves it out of its own results)"
        part.add("warning", "query ids that are also document ids", seen[query], what)
    if not seen:
        part.report.add("error", "no queries", f"{part.name}: no query could be read")
    return seen


def look_at_qrels(
    part: Part, judgments: Judgments, documents: dict[str, int], queries: dict[str, int]
) -> tuple[int, set[str]]:
    """Count of judgments, and the queries that they judge."""
    grades: dict[tuple[str, str], int] = {}
    relevant: set[str] = set()
    judged: dict[str, int] = {}
    for number, judgment in as_far_as_possible(part.report, judgments):
        if isinstance(judgment, InputError):
            part.report.add("error", "malformed judgment", str(judgment))
            continue
        query, document, grade = judgment
        known = (query, document) in grades
        before = grades.setdefault((query, document), grade)
        judged.setdefault(query, number)
        if grade > 0:
            relevant.add(query)
        if before != grade:
            what = f"{query} {document}: {grade}, before {before}"
            part.add("error", "conflicting judgments", number, what)
        elif known:
            part.add("warning", "judgment that is given twice", number, f"{query} {document}")
        if document not in documents:
            part.add("error", "judgment of an unknown document", number, document)
        if query not in queries:
            part.add("error", "judgment of an unknown query", number, query)
    for query, number in judged.items():
        if query not in relevant:
            part.add("warning", "query without a relevant document", number, query)
    if not grades:
        part.report.add("error", "no judgments", f"{part.name}: no judgment could be read")
    return len(grades), set(judged)


def note_unjudged(part: Part, queries: dict[str, int], judged: set[str]) -> None:
    """Report the queries that are not judged."""
    for query, number in queries.items():
        if query not in judged:
            part.add("warning", "query without judgments", number, query)


def _distinct(part: Part, records: Iterable[Record], seen: dict[str, int]) -> Iterator[Record]:
    """All records; ids that were there already are reported."""
    for number, identity, fields in records:
        first = seen.setdefault(identity, number)
        if first != number:
            what = f"{identity} (first on {part.unit} {first})"
            part.add("error", "duplicate id", number, what)
        yield number, identity, fields


def as_far_as_possible(report: Report, items: Iterable[_T]) -> Iterator[_T]:
    """What a reader gives; a file that cannot be read to its end is reported."""
    try:
        yield from items
    except InputError as error:
        report.add("error", "file that cannot be read on", str(error))
