"""Relevance judgments: BEIR's three columns under a header, or TREC's four."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from harness.datasets import files
from harness.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

_FORMS = (
    "Use BEIR's form (a header line, then query-id, corpus-id and score, separated by tabs) or "
    "TREC's (query 0 document grade, separated by spaces or tabs)."
)
Judgment = tuple[int, str, str, int]
"""Line number, query id, document id, grade."""


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
    import pandas as pd

    path = Path(path)
    grades: dict[tuple[str, str], int] = {}
    for number, query, document, grade in judgments(path):
        before = grades.setdefault((query, document), grade)
        if before != grade:
            raise InputError(
                f"{path}, line {number}: query {query!r} and document {document!r} are judged "
                f"{grade} here and {before} before. Keep one of the two."
            )
    if not grades:
        raise InputError(f"{path} holds no judgments. {_FORMS}")
    return pd.DataFrame(
        {
            "query_id": pd.Series([q for q, _ in grades], dtype=object),
            "doc_id": pd.Series([d for _, d in grades], dtype=object),
            "relevance": pd.Series(list(grades.values()), dtype="int64"),
        }
    )


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
        InputError: the file is missing, or its first line has neither form.
    """
    if not path.is_file():
        raise InputError(f"{path} does not exist. Give a file of judgments.")
    columns = None
    for number, line in files.lines(path):
        if not line.strip():
            continue
        if columns is None:
            columns, header = _form(line, path, number)
            if header:
                continue
        cells = line.split("\t") if columns == 3 else line.split()
        try:
            yield number, _judgment(cells, columns, path, number)
        except InputError as error:
            yield number, error


def _form(line: str, path: Path, number: int) -> tuple[int, bool]:
    """How many columns a file has, and whether this first line is a header."""
    cells = line.split("\t")
    if len(cells) == 3:
        return 3, not _is_integer(cells[2])
    if len(line.split()) == 4:
        return 4, False
    raise InputError(f"{path}, line {number}: {len(line.split())} columns. {_FORMS}")


def _judgment(cells: list[str], columns: int, path: Path, number: int) -> tuple[str, str, int]:
    if len(cells) != columns:
        raise InputError(
            f"{path}, line {number}: {len(cells)} columns, where the file began with {columns}. "
            f"{_FORMS}"
        )
    query, document, grade = cells[0].strip(), cells[-2].strip(), cells[-1].strip()
    if not _is_integer(grade):
        raise InputError(f"{path}, line {number}: the grade {grade!r} is not an integer. {_FORMS}")
    return (
        files.clean_id(query, path, number),
        files.clean_id(document, path, number),
        int(grade),
    )


def _is_integer(text: str) -> bool:
    text = text.strip()
    return text.isascii() and text.removeprefix("-").removeprefix("+").isdigit()
