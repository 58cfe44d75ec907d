"""Look a data set over: every fault with its place, not only the first.

A folder's faults have file and line; those of a data set of ir_datasets the number of the record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from ground.errors import InputError
from ground.reading import byte_lines, record_id, text_field
from ground.reading import record as parsed
from harness.datasets.beir import DOCUMENT_FIELDS, QUERY_FIELDS, BeirFolder, check_fields
from harness.datasets.irds import IrDataset
from harness.datasets.looking import (
    Record,
    as_far_as_possible,
    look_at_documents,
    look_at_qrels,
    look_at_queries,
    note_unjudged,
)
from harness.datasets.qrels import parse_judgments
from harness.datasets.report import EXAMPLES, Fault, Part, Report

__all__ = ["EXAMPLES", "Fault", "Report", "check"]

_T = TypeVar("_T")


def check(spec: str | Path) -> Report:
    """Read a whole data set and report its faults; memory holds the ids, not the texts.

    Errors: malformed records, bad or duplicate ids, non-string fields, malformed or conflicting
    judgments, judgments of unknown documents or queries, an empty part. Warnings: empty fields,
    empty queries, queries without judgments, judged queries without a relevant document, no
    queries or no judgments at all, queries with the id of a document.

    Args:
        spec: a folder in BEIR's layout, or irds:ID.

    Raises:
        InputError: a file is missing or cannot be read at all.
    """
    if str(spec).startswith("irds:"):
        return _check_catalogue(IrDataset(str(spec).removeprefix("irds:")))
    return _check_folder(BeirFolder(Path(spec).expanduser()))


def _check_folder(dataset: BeirFolder) -> Report:
    report = Report(dataset.name)
    corpus, topics = dataset.corpus_path, dataset.queries_path
    documents = look_at_documents(
        Part(report, str(corpus)), _records(report, corpus, ("title", "text"), DOCUMENT_FIELDS)
    )
    queries: dict[str, int] = {}
    if topics is None:
        report.add("warning", "no queries", f"{dataset.folder} has no queries.jsonl")
    else:
        of_queries = Part(report, str(topics))
        records = _records(report, topics, ("text",), QUERY_FIELDS)
        queries = look_at_queries(of_queries, records, documents)
    judged: set[str] = set()
    report.counts = {"documents": len(documents), "queries": len(queries), "judgments": {}}
    for split, path in dataset.qrels_paths.items():
        count, these = look_at_qrels(
            Part(report, str(path)), parse_judgments(path), documents, queries
        )
        report.counts["judgments"][split] = count
        judged |= these
    if not dataset.qrels_paths:
        report.add("warning", "no judgments", f"{dataset.folder} has no qrels/*.tsv")
    elif topics is not None:
        note_unjudged(of_queries, queries, judged)
    return report


def _check_catalogue(dataset: IrDataset) -> Report:
    report = Report(dataset.name)
    found = _entries(report, dataset.document_entries())
    documents = look_at_documents(
        Part(report, dataset.where, "document"),
        ((n, d.id, {"title": d.title, "text": d.text}) for n, d in found),
    )
    report.counts = {"documents": len(documents), "queries": 0, "judgments": {}}
    every: set[str] = set()
    for split in dataset.splits or (None,):
        of_queries = Part(report, dataset.where + (f" ({split})" if split else ""), "query")
        texts = _entries(report, dataset.query_entries(split))
        records = ((n, query, {"text": text}) for n, (query, text) in texts)
        queries = look_at_queries(of_queries, records, documents)
        every |= queries.keys()
        if split is None:
            report.add("warning", "no judgments", f"{dataset.where} has no judgments")
            continue
        of_judgments = Part(report, of_queries.name, "judgment")
        judgments = dataset.judgment_entries(split)
        count, judged = look_at_qrels(of_judgments, judgments, documents, queries)
        report.counts["judgments"][split] = count
        note_unjudged(of_queries, queries, judged)
    report.counts["queries"] = len(every)
    return report


def _records(
    report: Report, path: Path, names: tuple[str, ...], known: tuple[str, ...]
) -> Iterator[Record]:
    """The records of a file that are fit to look at; the others are reported."""
    for number, line in as_far_as_possible(report, byte_lines(path)):
        if not line.strip():
            continue
        found = _reported(report, "malformed record", partial(parsed, line, path, number))
        if found is None:
            continue
        identity = _reported(report, "bad id", partial(record_id, found, path, number))
        if identity is None:
            continue
        _reported(
            report, "content in unknown fields", partial(check_fields, found, known, path, number)
        )
        yield number, identity, {n: _field(report, found, n, path, number) for n in names}


def _entries(
    report: Report, entries: Iterable[tuple[int, _T | InputError]]
) -> Iterator[tuple[int, _T]]:
    """The records of a catalogue that are fit to look at; the others are reported."""
    for number, found in entries:
        if isinstance(found, InputError):
            report.add("error", "malformed record", str(found))
        else:
            yield number, found


def _field(report: Report, record: dict[str, Any], name: str, path: Path, number: int) -> str:
    read = partial(text_field, record, name, path, number)
    return _reported(report, "field that is not a string", read) or ""


def _reported(report: Report, kind: str, read: Callable[[], _T]) -> _T | None:
    try:
        return read()
    except InputError as error:
        report.add("error", kind, str(error))
        return None
