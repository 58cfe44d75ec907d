"""Data sets from tables: data frames of pandas, and what frames are made of.

Columns are found by the names that the field's tools give them (ir_datasets, PyTerrier, BEIR,
ranx), or named by the caller.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ground.errors import InputError
from ground.reading import fault_of_id
from harness.datasets.beir import check_new
from harness.datasets.held import HeldDataset, checked_judgments
from harness.datasets.model import Document
from harness.datasets.rows import ROWS, Rows

if TYPE_CHECKING:
    import pandas as pd

_INTEGER = re.compile(r"[+-]?[0-9]{1,15}", re.ASCII)
DOC_ID = ("doc_id", "docno", "docid", "_id", "id", "pid")
QUERY_ID = ("query_id", "qid", "_id", "id", "q_id")
QUERY_TEXT = ("text", "query", "title")
GRADE = ("relevance", "label", "grade", "rel", "score")
OF_QRELS = ("query_id", "qid", "query-id", "q_id")
OF_QRELS_DOC = ("doc_id", "docno", "docid", "corpus-id", "pid")


def dataset_from_frames(
    docs: pd.DataFrame,
    queries: pd.DataFrame | None = None,
    qrels: pd.DataFrame | Mapping[str, pd.DataFrame] | None = None,
    *,
    name: str = "frames",
    language: str | None = None,
    columns: Mapping[str, str] | None = None,
) -> HeldDataset:
    """A data set from frames.

    Args:
        docs: an id column, and ``title`` or ``text`` or both.
        queries: an id column, and ``text`` or ``query``.
        qrels: query id, document id and grade: one frame is split ``test``; or by split.
        name: of the data set.
        language: of the texts.
        columns: names of your columns by ours, where they are other ones: ``doc_id``, ``title``,
            ``text``, ``query_id``, ``query``, ``relevance``. An id may have its own name in one
            table and a usual one in the other.

    Raises:
        InputError: a column is missing or holds what it may not; see `HeldDataset`.
    """
    named = dict(columns or {})
    if unknown := named.keys() - {"doc_id", "title", "text", "query_id", "query", "relevance"}:
        raise InputError(
            f"columns={sorted(unknown)!r}: what can be named is doc_id, title and text of "
            f"documents, query_id and query, and relevance."
        )
    judged = _by_split(qrels)
    _check_named(named, docs, [] if queries is None else [queries], list(judged.values()), name)
    documents = _documents(docs, named, Rows.of(docs, f"{name}, documents"))
    asked = {}
    if queries is not None:
        asked = _queries(queries, named, Rows.of(queries, f"{name}, queries"))
    table = {
        split: _judgments(frame, named, Rows.of(frame, f"{name}, judgments of {split}"))
        for split, frame in judged.items()
    }
    return HeldDataset(name, documents, asked, table, language=language)


def ids_of(frame: pd.DataFrame, column: str, where: Rows) -> list[str]:
    """A column of ids as strings; whole numbers are written without a point.

    Raises:
        InputError: a value is missing or no id.
    """
    values = frame[column].tolist()
    found = []
    for row, value in enumerate(values, 1):
        if isinstance(value, float) and value.is_integer():
            value = int(value)  # pandas turns whole numbers to floats where one is missing
        if _is_missing(value) or isinstance(value, float | bool):
            raise InputError(
                f"{where.at(row)}: the id in column {column!r} is {value!r}. Ids are strings or "
                f"whole numbers."
            )
        found.append(str(value))
    return found


def column_of(frame: pd.DataFrame, names: Sequence[str], what: str, where: Rows) -> str:
    """The first of several names that is a column.

    Raises:
        InputError: none is.
    """
    for name in names:
        if name in frame.columns:
            return name
    raise InputError(
        f"{where}: there is no column {' or '.join(map(repr, names))} for the {what}; there are "
        f"{', '.join(repr(str(c)) for c in frame.columns) or 'no columns'}. Rename one, or name it."
    )


def judgments_from_frame(
    frame: pd.DataFrame, where: str, columns: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """A checked table of judgments: ``query_id``, ``doc_id``, ``relevance``.

    Raises:
        InputError: a column is missing; an id or a grade is none; two grades for one pair; no
            judgments.
    """
    table = _judgments(frame, columns or {}, Rows.of(frame, where))
    return checked_judgments(table, where)


def _documents(frame: pd.DataFrame, named: Mapping[str, str], where: Rows) -> list[Document]:
    ids = ids_of(frame, column_of(frame, _names(named, "doc_id", DOC_ID), "id", where), where)
    if where.lines is not None:
        _check_ids(ids, where)
        if not ids:
            raise InputError(f"{where}: there is no document below the names of the columns.")
    fields = {}
    for field in ("title", "text"):
        column = named.get(field, field)
        if column in frame.columns:
            fields[field] = texts_of(frame, column, where)
    if not fields:
        column_of(frame, ("title", "text"), "content", where)
    empty = [""] * len(ids)
    return [
        Document(*row)
        for row in zip(ids, fields.get("title", empty), fields.get("text", empty), strict=True)
    ]


def _queries(frame: pd.DataFrame, named: Mapping[str, str], where: Rows) -> dict[str, str]:
    names = _names(named, "query_id", QUERY_ID)
    ids = ids_of(frame, column_of(frame, names, "id", where), where)
    text = column_of(frame, _names(named, "query", QUERY_TEXT), "text", where)
    _check_ids(ids, where)
    return dict(zip(ids, texts_of(frame, text, where), strict=True))


def _check_ids(ids: Sequence[str], where: Rows) -> None:
    seen: dict[str, int] = {}
    for row, name in enumerate(ids, 1):
        if fault := fault_of_id(name):
            raise InputError(f"{where.at(row)}: {fault}")
        check_new(seen, name, str(where), where.number(row), where.unit)


def _judgments(frame: pd.DataFrame, named: Mapping[str, str], where: Rows) -> pd.DataFrame:
    import pandas as pd

    query = column_of(frame, _names(named, "query_id", OF_QRELS), "query's id", where)
    document = column_of(frame, _names(named, "doc_id", OF_QRELS_DOC), "document's id", where)
    grade = column_of(frame, _names(named, "relevance", GRADE), "grade", where)
    found = pd.DataFrame(
        {
            "query_id": pd.Series(ids_of(frame, query, where), dtype=object),
            "doc_id": pd.Series(ids_of(frame, document, where), dtype=object),
            "relevance": pd.Series([_number(g) for g in frame[grade].tolist()], dtype=object),
        }
    )
    found.attrs[ROWS] = where
    return found


def _number(grade: object) -> object:
    """A grade of a table whose cells are texts as the number that it is, if it is one."""
    if isinstance(grade, str) and _INTEGER.fullmatch(grade.strip()):
        return int(grade)
    return grade


def texts_of(frame: pd.DataFrame, column: str, where: Rows) -> list[str]:
    """A column of texts; a missing value is the empty string.

    Raises:
        InputError: a value is no text.
    """
    found = []
    for row, value in enumerate(frame[column].tolist(), 1):
        if _is_missing(value):
            value = ""
        if not isinstance(value, str):
            raise InputError(
                f"{where.at(row)}: the {column} is a {type(value).__name__}, where a text is "
                f"needed."
            )
        found.append(value)
    return found


def _check_named(
    named: Mapping[str, str],
    docs: pd.DataFrame,
    queries: Sequence[pd.DataFrame],
    qrels: Sequence[pd.DataFrame],
    where: str,
) -> None:
    """Refuse the name of a column that no table has which it could be of."""
    tables = {"title": [docs], "text": [docs], "query": queries, "relevance": qrels}
    tables |= {"doc_id": [docs, *qrels], "query_id": [*queries, *qrels]}
    for ours, yours in named.items():
        if not any(yours in frame.columns for frame in tables[ours]):
            there = sorted({str(name) for frame in tables[ours] for name in frame.columns})
            raise InputError(
                f"{where}: there is no column {yours!r} for {ours}; there are "
                f"{', '.join(map(repr, there)) or 'no columns'}. Rename one, or name it."
            )


def _by_split(
    qrels: pd.DataFrame | Mapping[str, pd.DataFrame] | None,
) -> dict[str, pd.DataFrame]:
    if qrels is None:
        return {}
    return dict(qrels) if isinstance(qrels, Mapping) else {"test": qrels}


def _names(named: Mapping[str, str], ours: str, usual: Sequence[str]) -> Sequence[str]:
    return (named[ours], *usual) if ours in named else usual


def _is_missing(value: Any) -> bool:
    import pandas as pd

    return value is None or value is pd.NA or (isinstance(value, float) and value != value)
