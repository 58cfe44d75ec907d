"""Impact vectors as JSON Lines: ``{"id": "d1", "contents": "", "vector": {"term": 1.25}}``.

The format of Pyserini's JsonVectorCollection. Reading is strict: what Anserini's indexer would
drop, cut or skip in silence is an error here that names the file, the line and the id.
"""

from __future__ import annotations

import gzip
import io
import json
import sys
from array import array
from bisect import bisect_right
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

import numpy as np
import numpy.typing as npt
import orjson
import scipy.sparse as sp

from harness.errors import InputError
from harness.vectors.model import Vectors, sort_terms

_CHUNK = 1 << 18
"""Weights that are turned into numbers together."""

MAX_IMPACT = 2**24 - 1
"""Largest impact that Lucene's float32 scores hold exactly."""


def open_binary(path: Path) -> BinaryIO:
    """Open a file for reading, through gzip where its name ends in ``.gz``."""
    if path.suffix == ".gz":
        return cast(BinaryIO, io.BufferedReader(cast(Any, gzip.open(path, "rb"))))
    return path.open("rb")


def dump_rows(
    stream: IO[bytes], ids: Sequence[str], terms: Sequence[str], matrix: sp.csr_array
) -> None:
    """Write rows as JSON Lines; float32 weights in the shortest digits that read back the same."""
    words = np.asarray(terms, dtype=object)
    indptr = matrix.indptr
    for row, name in enumerate(ids):
        span = slice(indptr[row], indptr[row + 1])
        vector = dict(zip(words[matrix.indices[span]], matrix.data[span], strict=True))
        record = {"id": name, "contents": "", "vector": vector}
        stream.write(
            orjson.dumps(record, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_APPEND_NEWLINE)
        )


def read_jsonl(paths: Sequence[Path], progress: Callable[[int], None] | None = None) -> Vectors:
    """Read vectors from JSON Lines files, in the order given.

    Weights that are all integers give int32 impacts, otherwise float32.

    Args:
        paths: ``.jsonl`` or ``.jsonl.gz`` files.
        progress: called with the number of vectors read since the last call.

    Raises:
        InputError: a malformed line; a missing, repeated or unusable id; a weight that is not
            a finite number >= 0; a term with white space; no vectors at all.
    """
    reader = _Reader()
    for path in paths:
        with _readable(path) as stream:
            for number, line in enumerate(stream, 1):
                if line.strip():
                    reader.add(path, number, line)
                if progress and number % 1024 == 0:
                    progress(1024)
    return reader.finish(paths)


def _readable(path: Path) -> BinaryIO:
    try:
        return open_binary(path)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from None


class _Reader:
    """Collects rows into packed arrays and remembers where each came from."""

    def __init__(self) -> None:
        self.rows: dict[str, int] = {}
        self.vocabulary: dict[str, int] = {}
        self.columns: list[npt.NDArray[np.int32]] = []
        self.weights: list[npt.NDArray[np.float64]] = []
        self._pending: list[str] = []
        self._values: list[Any] = []
        self.ends = array("q", [0])
        self.places: list[tuple[Path, int]] = []
        self.integers = True

    def add(self, path: Path, number: int, line: bytes) -> None:
        name, vector = _parse(path, number, line)
        if name in self.rows:
            first = self.places[self.rows[name]]
            raise InputError(
                f"{path}, line {number}: the id {name!r} was used before, in {first[0]}, line "
                f"{first[1]}. Ids must be unique; remove or rename one of the two."
            )
        self.rows[name] = len(self.places)
        self.places.append((path, number))
        self._pending.extend(vector)
        self._values.extend(vector.values())
        self.ends.append(self.ends[-1] + len(vector))
        if len(self._pending) >= _CHUNK:
            self._flush()

    def _flush(self) -> None:
        """Turn pending terms and weights into numbers, many at a time: ten times faster."""
        terms, values = self._pending, self._values
        self._pending, self._values = [], []
        if not terms:
            return
        kinds = set(map(type, values))
        if not kinds <= {int, float}:
            self._refuse_weight_type(terms, values)
        self.integers = self.integers and float not in kinds
        try:
            self.weights.append(np.array(values, dtype=np.float64))
        except OverflowError:
            self._refuse_overflow(values)
        self.columns.append(self._columns(terms))

    def _columns(self, terms: list[str]) -> npt.NDArray[np.int32]:
        import pyarrow as pa

        encoded = pa.array(terms, pa.string()).dictionary_encode()
        distinct = encoded.dictionary.to_pylist()
        known = np.empty(len(distinct), dtype=np.int32)
        for place, term in enumerate(distinct):
            column = self.vocabulary.get(term)
            if column is None:
                if term.split() != [term]:
                    self._refuse_term(term, terms.index(term))
                column = self.vocabulary[term] = len(self.vocabulary)
            known[place] = column
        found: npt.NDArray[np.int32] = known[encoded.indices.to_numpy()]
        return found

    def _place(self, pending: int) -> tuple[Path, int, str]:
        """File, line and id of a pending weight, the last of which is the newest one."""
        at = sum(map(len, self.columns)) + pending
        row = bisect_right(self.ends, at) - 1
        return (*self.places[row], list(self.rows)[row])

    def _refuse_weight_type(self, terms: list[str], values: list[Any]) -> None:
        at = next(i for i, value in enumerate(values) if type(value) not in (int, float))
        path, number, name = self._place(at)
        raise InputError(
            f"{path}, line {number}: the vector {name!r} gives the term {terms[at]!r} the weight "
            f"{values[at]!r}, which is not a number."
        )

    def _refuse_overflow(self, values: list[Any]) -> None:
        at = next(i for i, value in enumerate(values) if abs(value) > sys.float_info.max)
        path, number, name = self._place(at)
        raise InputError(
            f"{path}, line {number}: the vector {name!r} has a weight too large for a number."
        )

    def _refuse_term(self, term: str, at: int) -> None:
        path, number, name = self._place(at)
        what = "an empty term" if not term else f"the term {term!r}, which holds white space"
        raise InputError(
            f"{path}, line {number}: the vector {name!r} has {what}. Lucene's tools would split "
            f"it, and it would never match; replace white space inside terms, by '_' for instance."
        )

    def finish(self, paths: Sequence[Path]) -> Vectors:
        if not self.places:
            where = ", ".join(map(str, paths[:3])) or "the folder"
            raise InputError(f"No vectors found in {where}: the collection is empty.")
        self._flush()
        weights = _joined(self.weights, np.float64)
        indptr = np.frombuffer(self.ends, dtype=np.int64)
        columns = _joined(self.columns, np.int32)
        self._check_weights(weights, indptr)
        zeros = int(np.count_nonzero(weights == 0))
        data = weights.astype(np.int32 if self.integers else np.float32)
        shape = (len(self.places), len(self.vocabulary))
        matrix = sp.csr_array((data, columns, indptr.copy()), shape=shape)
        matrix.eliminate_zeros()
        return sort_terms(list(self.rows), list(self.vocabulary), matrix, zeros)

    def _check_weights(self, weights: np.ndarray[Any, Any], indptr: np.ndarray[Any, Any]) -> None:
        limit = MAX_IMPACT if self.integers else np.finfo(np.float32).max
        bad = np.flatnonzero(~((weights >= 0) & (weights <= limit)))
        if not bad.size:
            return
        place = int(bad[0])
        row = int(np.searchsorted(indptr, place, side="right")) - 1
        path, number = self.places[row]
        weight = weights[place]
        term = list(self.vocabulary)[int(np.concatenate(self.columns)[place])]
        reason = "negative" if weight < 0 else f"over the largest that scores hold ({limit:.8g})"
        raise InputError(
            f"{path}, line {number}: the vector {list(self.rows)[row]!r} gives the term {term!r} "
            f"the weight {weight:g}, which is {reason}. Impact weights are finite and not negative."
        )


def _parse(path: Path, number: int, line: bytes) -> tuple[str, dict[str, float]]:
    """The id and the vector of one line."""
    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise InputError(f"{path}, line {number}: {_why_malformed(line, error)}") from None
    if not isinstance(record, dict):
        raise InputError(f"{path}, line {number}: expected a JSON object, found {line[:40]!r}.")
    name, vector = record.get("id"), record.get("vector")
    if isinstance(name, int) and not isinstance(name, bool):
        name = str(name)
    if not isinstance(name, str) or not name or name.split() != [name]:
        what = "has no id" if name in (None, "") else f"has the id {name!r}"
        raise InputError(
            f'{path}, line {number}: the vector {what}. Every line needs an "id" that is a '
            f"string without white space, as TREC runs and qrels do."
        )
    if not isinstance(vector, dict):
        raise InputError(
            f'{path}, line {number}: {name!r} has no "vector" object that maps terms to weights.'
        )
    # A repeated term is lost in a dict; counting the colons finds it without a slow parser.
    if line.count(b'":') != len(vector) + len(record):
        _refuse_repeated_keys(path, number, name, line)
    return name, vector


def _why_malformed(line: bytes, error: Exception) -> str:
    """Tell apart JSON that is broken from NaN and Infinity, which Python writes and JSON lacks."""
    found: list[str] = []

    def note(word: str) -> float:
        found.append(word)
        return 0.0

    try:
        record = json.loads(line, parse_constant=note)
    except ValueError:
        found = []
    if found:
        name = record.get("id") if isinstance(record, dict) else None
        return (
            f"the vector {name!r} has the weight {found[0]}. Impact weights are finite and not "
            f"negative; encode this text again."
        )
    return f"malformed JSON ({error}). Mend or remove the line; nothing was written."


def _refuse_repeated_keys(path: Path, number: int, name: str, line: bytes) -> None:
    def check(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise InputError(
                    f"{path}, line {number}: the vector {name!r} names {key!r} twice. "
                    f"Add up or remove one of the two weights."
                )
            seen.add(key)
        return dict(pairs)

    json.loads(line, object_pairs_hook=check)


def _joined(parts: list[Any], dtype: Any) -> Any:
    return np.concatenate(parts) if parts else np.empty(0, dtype=dtype)
