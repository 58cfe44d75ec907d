"""TREC runs: read strictly, ordered reproducibly, written whole."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ground.artifacts import atomic_text, check_file, discard, settle, together
from ground.errors import InputError
from ground.reading import whole
from harness.runs.columns import (
    COLUMNS,
    Scores,
    check_text,
    codes,
    lines_of_results,
    parse_scores,
    refuse_duplicates,
    sorted_codes,
    without_header,
)
from harness.runs.metadata import metadata_path, write_metadata
from harness.runs.perquery import sidecar_path

_ASCII_SPACE = re.compile("[ \t\n\v\f\r]")


@dataclass(frozen=True)
class Run:
    """The results of a set of queries, best first.

    Attributes:
        query_ids: one id a query, in the order of the file.
        offsets: int64, shape (queries + 1,): results of query i are ``offsets[i]:offsets[i+1]``.
        doc_ids: object array of str, shape (results,).
        scores: int64 or float64, shape (results,). Within a query they descend; equal scores are
            ordered by document id, ascending by code point (which is the order of UTF-8 bytes).
        tag: name of the system, the sixth column.
    """

    query_ids: list[str]
    offsets: NDArray[np.int64]
    doc_ids: NDArray[np.object_]
    scores: Scores
    tag: str

    def __len__(self) -> int:
        return len(self.query_ids)

    def __iter__(self) -> Iterator[tuple[str, NDArray[np.object_], Scores]]:
        """Yield (query id, document ids, scores) a query, best result first."""
        for i, query_id in enumerate(self.query_ids):
            span = slice(self.offsets[i], self.offsets[i + 1])
            yield query_id, self.doc_ids[span], self.scores[span]


def read_run(path: Path) -> Run:
    """Read a TREC run file (six columns, any ASCII white space between them; gzip too).

    The lines of a query may be anywhere in the file. The rank column is ignored, as trec_eval
    does: results are ordered by score, and equal scores by document id (see `Run`). Comment
    lines (``# ...``) before the first result are skipped. Scores are int64 if all are integers.

    Raises:
        InputError: no such file, wrong number of columns, a score that is not a finite decimal
            number, text that is not UTF-8, the same document twice for a query, no results.
    """
    settle(path)
    content = whole(path)
    check_text(path, content)
    data, skipped = without_header(content)
    lines = lines_of_results(path, data, skipped)
    fields = data.split()
    scores = parse_scores(path, fields[4::COLUMNS], lines)
    queries, query_codes = codes(fields[0::COLUMNS])
    documents, doc_codes = sorted_codes(fields[2::COLUMNS])
    refuse_duplicates(path, queries, query_codes, documents, doc_codes, lines)
    order = np.lexsort((doc_codes, -scores, query_codes))
    offsets = np.concatenate([[0], np.cumsum(np.bincount(query_codes))])
    names = np.array([d.decode() for d in documents], dtype=object)
    query_ids = [q.decode() for q in queries]
    tag = fields[COLUMNS - 1].decode()
    return Run(query_ids, offsets.astype(np.int64), names[doc_codes[order]], scores[order], tag)


def write_run(
    path: Path, run: Run, metadata: Mapping[str, Any] | None = None, overwrite: bool = False
) -> None:
    """Write a TREC run (compressed if the name ends in ``.gz``), and its metadata beside it.

    The results are written in the order of ``run``, ranks from 1. Integer scores are written as
    integers, others with all their digits. The metadata go to ``<path>.metadata.yaml``. Per-query
    values of a run that was there before go; new ones are written in a block of `together` that
    this is in too.

    Args:
        path: where the run goes; it appears whole or not at all.
        run: the results.
        metadata: an ir_metadata block (see `harness.runs.metadata.describe`); none if absent.
        overwrite: replace an existing file.

    Raises:
        InputError: the file exists, or an id or the tag is empty or holds white space.
    """
    check_file(path, overwrite, companions=(metadata_path(path), sidecar_path(path)))
    for what, names in (("query id", run.query_ids), ("tag", [run.tag])):
        _refuse_spaces(what, names)
    text = "".join(_query_lines(query, docs, scores, run.tag) for query, docs, scores in run)
    data = text.encode()
    if path.suffix == ".gz":
        data = gzip.compress(data, compresslevel=6, mtime=0)
    with together(path):
        # A run without companions is only undescribed; those of an older run would be a lie.
        discard(sidecar_path(path))
        if metadata is None:
            discard(metadata_path(path))
        else:
            write_metadata(path, {"tag": run.tag, **metadata})
        with atomic_text(path) as stream:
            stream.buffer.write(data)


def _query_lines(query: str, docs: NDArray[np.object_], scores: Scores, tag: str) -> str:
    ids = docs.tolist()
    _refuse_spaces("document id", ids)
    values = zip(ids, scores.tolist(), strict=True)
    return "".join(f"{query} Q0 {d} {i} {s!r} {tag}\n" for i, (d, s) in enumerate(values, 1))


def _refuse_spaces(what: str, names: Sequence[str]) -> None:
    if "" not in names and not _ASCII_SPACE.search("\0".join(names)):
        return
    bad = next(name for name in names if not name or _ASCII_SPACE.search(name))
    raise InputError(
        f"The {what} {bad!r} is empty or holds white space, and a TREC run separates its columns "
        f"by white space. Rename it in the data set."
    )
