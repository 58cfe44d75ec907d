"""Hard negatives and a teacher's scores, one query a line of JSON.

    {"query_id": "q1", "positives": [{"id": "d4", "score": 9.1}],
                       "negatives": [{"id": "d7", "score": 3.2}, "d9"]}

Both lists may be missing, and so may scores; a plain string is an id without a score. Positives
only lend their scores: what answers a query is said by the judgments. ``esplade mine`` writes
this form; with ``--scores``, those of the encoder.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ground.errors import InputError
from ground.reading import numbered_text_lines
from ground.reading.strict_json import parse


@dataclass(frozen=True)
class Candidates:
    """Documents that a query is trained with beside its answers.

    Attributes:
        negatives: ids of hard negatives by query, in the order of the file.
        scores: a teacher's scores by query and document, of positives and negatives.
    """

    negatives: Mapping[str, list[str]] = field(default_factory=dict)
    scores: Mapping[str, dict[str, float]] = field(default_factory=dict)


def read_candidates(path: Path) -> Candidates:
    """Read a file of candidates, plain or compressed with gzip (``.gz``).

    Raises:
        InputError: it cannot be read, or a line is not of the form above; says which.
    """
    negatives: dict[str, list[str]] = {}
    scores: dict[str, dict[str, float]] = {}
    for where, record in _records(path):
        query = record.get("query_id")
        if not isinstance(query, str) or not query:
            raise _bad(where, 'has no "query_id" that is a string')
        if query in negatives:
            raise _bad(where, f"repeats the query {query[:80]!r}")
        positive = _entries(record, "positives", where)
        negative = _entries(record, "negatives", where)
        negatives[query] = list(negative)
        given = {**positive, **negative}
        if twice := [d for d in negative.keys() & positive if positive[d] != negative[d]]:
            raise _bad(where, f"gives {twice[0][:80]!r} two scores")
        scores[query] = {d: score for d, score in given.items() if score is not None}
    if not negatives:
        raise InputError(f"{path} holds no line. Give one line of JSON for each query.")
    return Candidates(negatives, {q: given for q, given in scores.items() if given})


def _records(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, line in numbered_text_lines(path):
        if not line.strip():
            continue
        where = f"{path}, line {number},"
        try:
            record = parse(line.encode())
        except ValueError as error:
            raise _bad(where, f"is no JSON ({error})") from None
        if not isinstance(record, dict):
            raise _bad(where, "is no JSON object")
        yield where, record


def _entries(record: dict[str, Any], key: str, where: str) -> dict[str, float | None]:
    entries = record.get(key, [])
    if not isinstance(entries, list):
        raise _bad(where, f'has a "{key}" that is no list')
    found: dict[str, float | None] = {}
    for entry in entries:
        document, score = entry, None
        if isinstance(entry, dict):
            document, score = entry.get("id"), entry.get("score")
        if not isinstance(document, str) or not document:
            raise _bad(where, f'has an entry of "{key}" without an "id" that is a string')
        if score is not None and not _is_finite_number(score):
            what = f"gives {document[:80]!r} the score {repr(score)[:80]}"
            raise _bad(where, f"{what}, which is no finite number")
        if found.setdefault(document, score) != score:
            raise _bad(where, f"gives {document[:80]!r} two scores")
    return found


def _is_finite_number(value: Any) -> bool:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def _bad(where: str, what: str) -> InputError:
    return InputError(
        f'{where} {what}. A line is {{"query_id": "q1", "positives": [{{"id": "d4", "score": 9}}], '
        f'"negatives": [{{"id": "d7", "score": 3.2}}]}}; lists and scores may be left out.'
    )
