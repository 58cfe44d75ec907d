"""The columns of a TREC run as arrays, every line of it checked."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ground.errors import InputError
from ground.reading.lines import not_utf8


def _table(characters: bytes) -> NDArray[np.bool_]:
    """For every byte whether it is among some."""
    return np.isin(np.arange(256), list(characters))


Scores = NDArray[np.int64] | NDArray[np.float64]

COLUMNS = 6
_EXAMPLE = "query-id Q0 doc-id rank score tag"
_LONGEST_SCORE = 64
# Python and numpy read more as numbers than other tools do: 1_0, 0x10, digits of any script.
_NUMBER = re.compile(rb"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_OF_NUMBERS = _table(b"0123456789+-.eE\0")
_OF_FRACTIONS = _table(b".eE")
_SPACE = _table(b" \t\n\v\f\r")  # exactly the bytes at which bytes.split() separates
_NOT_ZERO = re.compile(rb"^[^eE]*[1-9]")


def without_header(data: bytes) -> tuple[bytes, int]:
    """Drop comment lines at the top (where ir_metadata may be); also return how many they are."""
    start = skipped = 0
    while data.startswith((b"# ", b"#\n", b"#\r"), start):
        end = data.find(b"\n", start) + 1 or len(data)
        words = data[start:end].split()
        if len(words) == COLUMNS and words[1] == b"Q0":
            break  # a result of the query "#"
        start = end
        skipped += 1
    return data[start:], skipped


def check_text(path: Path, data: bytes) -> None:
    """A run is UTF-8 without marks in it, and its lines end with LF or CR LF.

    Raises:
        InputError: with the line.
    """
    if data.count(b"\r") != data.count(b"\r\n"):
        at = next(match.start() for match in re.finditer(rb"\r(?!\n)", data))
        what = "a carriage return in the middle of the line. Convert it to LF ends (tr '\\r' '\\n')"
        raise InputError(f"{path}, line {_line(data, at)}: {what}.")
    if data.isascii():
        return
    try:
        data.decode()
    except UnicodeDecodeError as error:
        raise not_utf8(error, path, _line(data, error.start)) from None
    if (at := data.find(codecs.BOM_UTF8)) >= 0:
        raise InputError(
            f"{path}, line {_line(data, at)}: a byte order mark within the file, as files have "
            f"that were put together of several. Remove it: it would be part of an id."
        )


def _line(data: bytes, at: int) -> int:
    return data.count(b"\n", 0, at) + 1


def lines_of_results(path: Path, data: bytes, skipped: int) -> NDArray[np.int64]:
    """Line number (from 1) of every result; blank lines have none.

    Raises:
        InputError: a line has not six columns; there is no result.
    """
    text = np.frombuffer(data, dtype=np.uint8)
    space = _SPACE[text]
    starts = np.flatnonzero(~space & np.concatenate([[True], space[:-1]]))
    ends_of_lines = np.append(np.flatnonzero(text == ord("\n")), len(text))
    columns = np.diff(np.searchsorted(starts, ends_of_lines), prepend=0)
    wrong = np.flatnonzero((columns != 0) & (columns != COLUMNS))
    if len(wrong):
        raise InputError(
            f"{path}, line {wrong[0] + 1 + skipped}: {columns[wrong[0]]} columns, where a TREC "
            f"run has six: {_EXAMPLE}. Ids and tags must not hold spaces."
        )
    if not len(starts):
        raise InputError(f"{path} holds no results: the search found nothing, or had not finished.")
    return np.flatnonzero(columns) + 1 + skipped


def parse_scores(path: Path, fields: list[bytes], lines: NDArray[np.int64]) -> Scores:
    """Scores as int64 if all are integers that it holds, otherwise as float64.

    Raises:
        InputError: a score that is no finite decimal number, or becomes 0 without being 0.
    """
    if max(map(len, fields)) > _LONGEST_SCORE:
        _refuse(path, fields, lines, [not _is_number(field) for field in fields])
    characters = np.array(fields).view(np.uint8)
    if not _OF_NUMBERS[characters].all():
        _refuse(path, fields, lines, [not _is_number(field) for field in fields])
    try:
        if not _OF_FRACTIONS[characters].any():
            integers = np.fromiter(map(int, fields), np.int64, len(fields))
            if integers.min() > np.iinfo(np.int64).min:  # whose negative there is not
                return integers
        scores = np.fromiter(map(float, fields), np.float64, len(fields))
    except OverflowError:
        scores = np.fromiter(map(float, fields), np.float64, len(fields))
    except ValueError:
        _refuse(path, fields, lines, [not _is_number(field) for field in fields])
        raise
    _refuse(path, fields, lines, ~np.isfinite(scores))
    if not scores.all():
        lost = [not s and bool(_NOT_ZERO.match(f)) for s, f in zip(scores, fields, strict=True)]
        _refuse(path, fields, lines, lost)
    return scores


def _is_number(field: bytes) -> bool:
    return len(field) <= _LONGEST_SCORE and _NUMBER.fullmatch(field) is not None


def _refuse(path: Path, fields: list[bytes], lines: NDArray[np.int64], bad: ArrayLike) -> None:
    places = np.flatnonzero(bad)
    if not len(places):
        return
    field = fields[places[0]].decode(errors="replace")
    shown = field if len(field) < 50 else field[:50] + "..."
    raise InputError(
        f"{path}, line {lines[places[0]]}: the score {shown!r} is not a finite number that float64 "
        f"holds. The fifth column of a TREC run is the score, in decimal digits: {_EXAMPLE}."
    )


def codes(names: list[bytes]) -> tuple[list[bytes], NDArray[np.int64]]:
    """Distinct names in order of appearance, and the number of each occurrence's name."""
    distinct = list(dict.fromkeys(names))
    return distinct, _places(distinct, names)


def sorted_codes(names: list[bytes]) -> tuple[list[bytes], NDArray[np.int64]]:
    """Distinct names in byte order, and the number of each occurrence's name."""
    distinct = sorted(set(names))
    return distinct, _places(distinct, names)


def _places(distinct: list[bytes], names: list[bytes]) -> NDArray[np.int64]:
    known = {name: i for i, name in enumerate(distinct)}
    return np.fromiter(map(known.__getitem__, names), np.int64, len(names))


def refuse_duplicates(
    path: Path,
    queries: list[bytes],
    query_codes: NDArray[np.int64],
    documents: list[bytes],
    doc_codes: NDArray[np.int64],
    lines: NDArray[np.int64],
) -> None:
    """Raise InputError where a query has a document twice, with both lines."""
    keys = query_codes * len(documents) + doc_codes
    order = np.argsort(keys, kind="stable")
    again = np.flatnonzero(keys[order][1:] == keys[order][:-1])
    if not len(again):
        return
    first = again[np.argmin(order[again + 1])]
    here, before = order[first + 1], order[first]
    document = documents[doc_codes[here]].decode(errors="replace")
    query = queries[query_codes[here]].decode(errors="replace")
    raise InputError(
        f"{path}, line {lines[here]}: document {document} is listed twice for query {query} "
        f"(first in line {lines[before]}). Remove one of the two lines."
    )
