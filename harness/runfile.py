"""TREC runs: read strictly, ordered reproducibly, written whole."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.artifacts import atomic_text, check_new, discard, settle, together
from harness.errors import InputError
from harness.perquery import sidecar_path
from harness.runmetadata import metadata_path, write_metadata

Scores = NDArray[np.int64] | NDArray[np.float64]

_COLUMNS = 6
_ASCII_SPACE = re.compile("[ \t\n\v\f\r]")
_EXAMPLE = "query-id Q0 doc-id rank score tag"


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
    """Read a TREC run file (six columns, any ASCII white space between them; ``.gz`` too).

    The lines of a query may be anywhere in the file. The rank column is ignored, as trec_eval
    does: results are ordered by score, and equal scores by document id (see `Run`). Comment
    lines (``# ...``) before the first result are skipped. Scores are int64 if all are integers.

    Raises:
        InputError: no such file, wrong number of columns, a score that is not a finite number,
            text that is not UTF-8, the same document twice for a query, no results at all.
    """
    settle(path)
    data, skipped = _without_header(_read_bytes(path))
    lines = _lines_of_results(path, data, skipped)
    fields = data.split()
    scores = _parse_scores(path, fields[4::_COLUMNS], lines)
    queries, query_codes = _codes(fields[0::_COLUMNS])
    documents, doc_codes = _sorted_codes(fields[2::_COLUMNS])
    _refuse_duplicates(path, queries, query_codes, documents, doc_codes, lines)
    order = np.lexsort((doc_codes, -scores, query_codes))
    offsets = np.concatenate([[0], np.cumsum(np.bincount(query_codes))])
    try:
        names = np.array([d.decode() for d in documents], dtype=object)
        query_ids = [q.decode() for q in queries]
        tag = fields[_COLUMNS - 1].decode()
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 text ({error}). Convert the file.") from None
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
        metadata: an ir_metadata block (see `harness.runmetadata.describe`); none if absent.
        overwrite: replace an existing file.

    Raises:
        InputError: the file exists, or an id or the tag is empty or holds white space.
    """
    check_new(path, overwrite)
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


def _read_bytes(path: Path) -> bytes:
    try:
        data = path.read_bytes()
        return gzip.decompress(data) if path.suffix == ".gz" else data
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"The run {path} cannot be read: {error}.") from None


def _without_header(data: bytes) -> tuple[bytes, int]:
    """Drop comment lines at the top (where ir_metadata may be); also return how many they are."""
    data = data.removeprefix(b"\xef\xbb\xbf")
    start = skipped = 0
    while data.startswith((b"# ", b"#\n", b"#\r"), start):
        end = data.find(b"\n", start) + 1 or len(data)
        words = data[start:end].split()
        if len(words) == _COLUMNS and words[1] == b"Q0":
            break  # a result of the query "#"
        start = end
        skipped += 1
    return data[start:], skipped


def _lines_of_results(path: Path, data: bytes, skipped: int) -> NDArray[np.int64]:
    """Line number (from 1) of every result; blank lines have none."""
    text = np.frombuffer(data, dtype=np.uint8)
    # ASCII white space, exactly the bytes at which bytes.split() separates.
    space = (text == 32) | ((text >= 9) & (text <= 13))
    starts = np.flatnonzero(~space & np.concatenate([[True], space[:-1]]))
    ends_of_lines = np.flatnonzero(text == 10)
    columns = np.bincount(np.searchsorted(ends_of_lines, starts))
    wrong = np.flatnonzero((columns != 0) & (columns != _COLUMNS))
    if len(wrong):
        raise InputError(
            f"{path}, line {wrong[0] + 1 + skipped}: {columns[wrong[0]]} columns, where a TREC "
            f"run has six: {_EXAMPLE}. Ids and tags must not hold spaces."
        )
    if not len(starts):
        raise InputError(f"{path} holds no results. Check that the search had finished.")
    return np.flatnonzero(columns) + 1 + skipped


def _parse_scores(path: Path, fields: list[bytes], lines: NDArray[np.int64]) -> Scores:
    text = np.array(fields)
    try:
        return text.astype(np.int64)
    except (ValueError, OverflowError):
        pass
    try:
        scores = text.astype(np.float64)
    except ValueError:
        scores = np.array([_float_or_nan(field) for field in fields])
    bad = np.flatnonzero(~np.isfinite(scores))
    if len(bad):
        raise InputError(
            f"{path}, line {lines[bad[0]]}: the score {fields[bad[0]].decode(errors='replace')!r} "
            f"is not a finite number. The fifth column of a TREC run is the score: {_EXAMPLE}."
        )
    return scores


def _float_or_nan(field: bytes) -> float:
    try:
        return float(field)
    except ValueError:
        return float("nan")


def _codes(names: list[bytes]) -> tuple[list[bytes], NDArray[np.int64]]:
    """Distinct names in order of appearance, and the number of each occurrence's name."""
    known: dict[bytes, int] = {}
    codes = np.fromiter((known.setdefault(n, len(known)) for n in names), np.int64, len(names))
    return list(known), codes


def _sorted_codes(names: list[bytes]) -> tuple[list[bytes], NDArray[np.int64]]:
    """Distinct names in byte order, and the number of each occurrence's name."""
    distinct = sorted(set(names))
    known = {name: i for i, name in enumerate(distinct)}
    return distinct, np.fromiter((known[n] for n in names), np.int64, len(names))


def _refuse_duplicates(
    path: Path,
    queries: list[bytes],
    query_codes: NDArray[np.int64],
    documents: list[bytes],
    doc_codes: NDArray[np.int64],
    lines: NDArray[np.int64],
) -> None:
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
