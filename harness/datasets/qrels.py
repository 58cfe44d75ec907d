"""Relevance judgments: BEIR's three columns under a header, or TREC's four."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ground.errors import InputError
from ground.reading import clean_id, lines
from harness.datasets.judgments import LARGEST_GRADE, Judgment, judgment_table

if TYPE_CHECKING:
    import pandas as pd

_FORMS = (
    "Use BEIR's form (a header line, then query-id, corpus-id and score, separated by tabs) or "
    "TREC's (query 0 document grade, separated by spaces or tabs)."
)
_INTEGER = re.compile(r"[+-]?[0-9]+", re.ASCII)
# Only these separate columns: what else is white space would be a part of an id.
_BLANKS = re.compile(r"[ \t]+")
_QUERY_NAMES = {"query-id", "query_id", "queryid", "query", "qid", "q_id", "topic", "topic_id"}
_GRADE_NAMES = {"score", "relevance", "rel", "grade", "label", "judgment", "judgement", "gain"}


def read_qrels(path: str | Path) -> pd.DataFrame:
    """Read a judgment file; its form is told from its first line.

    Args:
        path: the file, gzip-compressed where it ends in ``.gz``.

    Returns:
        Columns ``query_id`` (str), ``doc_id`` (str), ``relevance`` (int64), in file order;
        a judgment that is repeated with the same grade is kept once.

    Raises:
        InputError: missing file, wrong columns, a grade that is not an integer, no judgments,
            or two grades for one pair; with the line.
    """
    path = Path(path)
    table = judgment_table(judgments(path), lambda number: f"{path}, line {number}")
    if not len(table):
        raise InputError(f"{path} holds no judgments. {_FORMS}")
    return table


def judgments(path: Path) -> Iterator[Judgment]:
    """The judgments of a file, one by one, duplicates and all.

    Raises:
        InputError: as `read_qrels`, except for conflicts and an empty file.
    """
    for number, judgment in parse_judgments(path):
        if isinstance(judgment, InputError):
            raise judgment
        yield number, *judgment


def parse_judgments(path: Path) -> Iterator[tuple[int, tuple[str, str, int] | InputError]]:
    """(line, judgment or what is wrong with it) for every line, for a reader that goes on.

    Raises:
        InputError: the file cannot be read, or its first line has neither form.
    """
    columns = None
    for number, line in lines(path):
        if not line.strip():
            continue
        if columns is None:
            columns = _columns(line, path, number)
            if _is_header(_cells(line, columns)):
                continue
        try:
            yield number, _judgment(_cells(line, columns), columns, path, number)
        except InputError as error:
            yield number, error


def _columns(line: str, path: Path, number: int) -> int:
    """How many columns a file has that begins with this line: BEIR's three or TREC's four."""
    if line.count("\t") == 2:
        return 3
    found = len(_cells(line, 4))
    if found != 4:
        raise InputError(f"{path}, line {number}: {found} columns{_ends(line)}. {_FORMS}")
    return 4


def _cells(line: str, columns: int) -> list[str]:
    if columns == 3:
        return [cell.strip(" ") for cell in line.split("\t")]
    return _BLANKS.split(line.strip(" \t"))


def _is_header(cells: list[str]) -> bool:
    """Whether a first line names the columns; one that is only no judgment does not."""
    first, last = cells[0].lower(), cells[-1].lower()
    return last in _GRADE_NAMES or (first in _QUERY_NAMES and last[:1].isalpha())


def _judgment(cells: list[str], columns: int, path: Path, number: int) -> tuple[str, str, int]:
    if len(cells) != columns:
        raise InputError(
            f"{path}, line {number}: {len(cells)} columns{_ends(cells[-1])}, where the file began "
            f"with {columns}. {_FORMS}"
        )
    query, document, grade = cells[0], cells[-2], cells[-1]
    return (
        clean_id(query, path, number),
        clean_id(document, path, number),
        _grade(grade, path, number),
    )


def _ends(last: str) -> str:
    return " (a tab ends the line)" if not last or last.endswith("\t") else ""


def _grade(text: str, path: Path, number: int) -> int:
    if not _INTEGER.fullmatch(text):
        raise InputError(
            f"{path}, line {number}: the grade {text[:40]!r} is not an integer, nor does the line "
            f"name the columns. {_FORMS}"
        )
    if len(text) > 10 or abs(int(text)) > LARGEST_GRADE:
        raise InputError(
            f"{path}, line {number}: the grade {text[:20]}{'...' if len(text) > 20 else ''} is "
            f"beyond {LARGEST_GRADE:,}. Grades are small whole numbers; correct it."
        )
    return int(text)
