"""Runs as data frames, under the names that PyTerrier and ir_measures give the columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ground.errors import InputError
from harness.datasets.frames import column_of, ids_of
from harness.datasets.rows import Rows
from harness.runs.runfile import Run

if TYPE_CHECKING:
    import pandas as pd

_QUERY = ("qid", "query_id", "q_id")
_DOCUMENT = ("docno", "doc_id", "docid", "pid")


def frame_of_run(run: Run) -> pd.DataFrame:
    """Columns ``qid``, ``docno``, ``score``, ``rank`` (from 0), best first within a query."""
    import pandas as pd

    counts = np.diff(run.offsets)
    queries = np.repeat(np.asarray(run.query_ids, dtype=object), counts)
    ranks = np.arange(len(run.doc_ids)) - np.repeat(run.offsets[:-1], counts)
    return pd.DataFrame(
        {"qid": queries, "docno": run.doc_ids, "score": run.scores, "rank": ranks.astype(np.int64)}
    )


def run_from_frame(frame: Any, tag: str) -> Run:
    """A run from a frame; results are ordered by score, equal scores by document id.

    Raises:
        InputError: a column is missing, an id or a score is none, a document stands twice.
    """
    where = Rows(f"run {tag!r}")
    table = frame.to_pandas() if hasattr(frame, "to_pandas") else frame
    if not hasattr(table, "columns"):
        raise InputError(f"A {type(frame).__name__} is no frame: give one of pandas.")
    if not len(table):
        raise InputError(f"{where} holds no results.")
    queries = ids_of(table, column_of(table, _QUERY, "query's id", where), where)
    documents = ids_of(table, column_of(table, _DOCUMENT, "document's id", where), where)
    scores = _scores(table[column_of(table, ("score",), "score", where)], where)
    numbers = {name: number for number, name in enumerate(dict.fromkeys(queries))}
    codes = np.asarray([numbers[name] for name in queries])
    places = {name: place for place, name in enumerate(sorted(set(documents)))}
    by_id = np.asarray([places[name] for name in documents])
    order = np.lexsort((by_id, -scores, codes))
    pairs = set(zip(codes.tolist(), by_id.tolist(), strict=True))
    if len(pairs) < len(queries):
        _refuse_twice(queries, documents, where)
    offsets = np.concatenate([[0], np.cumsum(np.bincount(codes))]).astype(np.int64)
    ids = np.asarray(documents, dtype=object)[order]
    return Run(list(numbers), offsets, ids, scores[order], tag)


def _scores(column: Any, where: Rows) -> Any:
    try:
        values = np.asarray(column.tolist())
        if values.dtype.kind not in "iu":
            values = values.astype(np.float64)
    except (TypeError, ValueError):
        raise InputError(f"{where}: a score is no number. Give numbers.") from None
    if not np.isfinite(values).all():
        row = int(np.flatnonzero(~np.isfinite(values))[0]) + 1
        raise InputError(f"{where.at(row)}: the score is {values[row - 1]}, no finite number.")
    return values.astype(np.int64) if values.dtype.kind in "iu" else values


def _refuse_twice(queries: list[str], documents: list[str], where: Rows) -> None:
    seen: set[tuple[str, str]] = set()
    for row, pair in enumerate(zip(queries, documents, strict=True), 1):
        if pair in seen:
            raise InputError(
                f"{where.at(row)}: document {pair[1]!r} stands twice among the results of "
                f"query {pair[0]!r}. Keep one of the two."
            )
        seen.add(pair)
