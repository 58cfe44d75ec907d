"""Look a BEIR folder over: every fault with its file and line, not only the first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from harness.datasets.beir import DOCUMENT_FIELDS, QUERY_FIELDS, BeirFolder, check_fields
from harness.datasets.qrels import parse_judgments
from harness.errors import InputError
from harness.reading import byte_lines, record_id, text_field
from harness.reading import record as parsed

_T = TypeVar("_T")
EXAMPLES = 20
"""How many examples of a fault are kept."""


@dataclass
class Fault:
    """One kind of fault: how often, and where first."""

    kind: str
    severity: str
    count: int = 0
    examples: list[str] = field(default_factory=list)


@dataclass
class Report:
    """What `check` found.

    Attributes:
        counts: documents, queries, judgments by split.
        faults: by kind, in the order of their first occurrence.
    """

    name: str
    counts: dict[str, Any] = field(default_factory=dict)
    faults: dict[str, Fault] = field(default_factory=dict)

    def add(self, severity: str, kind: str, where: str) -> None:
        """Count a fault, and keep its place while there are few."""
        fault = self.faults.setdefault(kind, Fault(kind, severity))
        fault.count += 1
        if len(fault.examples) < EXAMPLES:
            fault.examples.append(where)

    def as_dict(self) -> dict[str, Any]:
        """The report as plain values, for programs."""
        return {
            "name": self.name,
            **self.counts,
            "errors": self.errors,
            "warnings": self.warnings,
            "faults": [asdict(fault) for fault in self.faults.values()],
        }

    @property
    def errors(self) -> int:
        """How many faults keep the data set from being used."""
        return sum(f.count for f in self.faults.values() if f.severity == "error")

    @property
    def warnings(self) -> int:
        """How many oddities were found that do not."""
        return sum(f.count for f in self.faults.values() if f.severity == "warning")


def check(folder: str | Path) -> Report:
    """Read a whole data set and report its faults; memory holds the ids, not the texts.

    Errors: malformed records, bad or duplicate ids, non-string fields, malformed or conflicting
    judgments, judgments of unknown documents or queries, an empty part. Warnings: empty fields,
    empty queries, queries without judgments, judged queries without a relevant document.

    Raises:
        InputError: a file is missing or cannot be read at all.
    """
    dataset = BeirFolder(Path(folder).expanduser())
    report = Report(dataset.name)
    documents = _check_documents(report, dataset.corpus_path)
    queries = _check_queries(report, dataset.queries_path)
    judged: set[str] = set()
    report.counts = {"documents": len(documents), "queries": len(queries), "judgments": {}}
    for split, path in dataset.qrels_paths.items():
        count, these = _check_qrels(report, path, documents, queries)
        report.counts["judgments"][split] = count
        judged |= these
    for query, line in queries.items():
        if query not in judged:
            _at(report, "warning", "query without judgments", dataset.queries_path, line, query)
    return report


def _at(report: Report, severity: str, kind: str, path: Path, line: int, what: str) -> None:
    report.add(severity, kind, f"{path}, line {line}: {what}")


def _check_documents(report: Report, path: Path) -> dict[str, int]:
    seen: dict[str, int] = {}
    for number, record in _records(report, path, seen, DOCUMENT_FIELDS):
        fields = [_field(report, record, name, path, number) for name in ("title", "text")]
        doc_id = str(record.get("_id", record.get("id")))
        if not fields[0]:
            _at(report, "warning", "document with an empty title", path, number, doc_id)
        if not fields[1]:
            _at(report, "warning", "document with an empty text", path, number, doc_id)
        if not any(fields):
            _at(report, "warning", "document with neither title nor text", path, number, doc_id)
    if not seen:
        report.add("error", "empty collection", f"{path}: no document could be read")
    return seen


def _check_queries(report: Report, path: Path) -> dict[str, int]:
    seen: dict[str, int] = {}
    for number, record in _records(report, path, seen, QUERY_FIELDS):
        if not _field(report, record, "text", path, number):
            query_id = str(record.get("_id", record.get("id")))
            _at(report, "warning", "empty query", path, number, query_id)
    if not seen:
        report.add("error", "no queries", f"{path}: no query could be read")
    return seen


def _check_qrels(
    report: Report, path: Path, documents: dict[str, int], queries: dict[str, int]
) -> tuple[int, set[str]]:
    """Count of judgments, and the queries that they judge."""
    grades: dict[tuple[str, str], int] = {}
    relevant: set[str] = set()
    judged: dict[str, int] = {}
    for number, judgment in _as_far_as_possible(report, parse_judgments(path)):
        if isinstance(judgment, InputError):
            report.add("error", "malformed judgment", str(judgment))
            continue
        query, document, grade = judgment
        before = grades.setdefault((query, document), grade)
        judged.setdefault(query, number)
        if grade > 0:
            relevant.add(query)
        if before != grade:
            what = f"{query} {document}: {grade}, before {before}"
            _at(report, "error", "conflicting judgments", path, number, what)
        if document not in documents:
            _at(report, "error", "judgment of an unknown document", path, number, document)
        if query not in queries:
            _at(report, "error", "judgment of an unknown query", path, number, query)
    for query, number in judged.items():
        if query not in relevant:
            _at(report, "warning", "query without a relevant document", path, number, query)
    if not grades:
        report.add("error", "no judgments", f"{path}: no judgment could be read")
    return len(grades), set(judged)


def _records(
    report: Report, path: Path, seen: dict[str, int], fields: tuple[str, ...]
) -> Iterator[tuple[int, dict[str, Any]]]:
    """The records that are fit to look at; the others are reported."""
    for number, line in _as_far_as_possible(report, byte_lines(path)):
        if not line.strip():
            continue
        found = _reported(report, "malformed record", partial(parsed, line, path, number))
        if found is None:
            continue
        identity = _reported(report, "bad id", partial(record_id, found, path, number))
        if identity is None:
            continue
        first = seen.setdefault(identity, number)
        if first != number:
            what = f"{identity} (first on line {first})"
            _at(report, "error", "duplicate id", path, number, what)
        _reported(
            report, "content in unknown fields", partial(check_fields, found, fields, path, number)
        )
        yield number, found


def _as_far_as_possible(report: Report, items: Iterator[_T]) -> Iterator[_T]:
    """What a reader gives; a file that cannot be read to its end is reported."""
    try:
        yield from items
    except InputError as error:
        report.add("error", "file that cannot be read on", str(error))


def _field(report: Report, record: dict[str, Any], name: str, path: Path, number: int) -> str:
    read = partial(text_field, record, name, path, number)
    return (_reported(report, "field that is not a string", read) or "").strip()


def _reported(report: Report, kind: str, read: Callable[[], _T]) -> _T | None:
    try:
        return read()
    except InputError as error:
        report.add("error", kind, str(error))
        return None
