"""Lines of vectors on their way to packed arrays."""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_right
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from ground.errors import InputError
from ground.reading.strict_json import shown
from harness.vectors.model import MAX_IMPACT, Vectors, sort_terms
from harness.vectors.records import parse, read_strictly

_CHUNK = 1 << 18
"""Weights that are turned into numbers together."""

_LARGEST_KEPT = 2.0**63
"""From here on the fast reader gives floats for integers."""


class Collector:
    """Packed arrays that grow line by line, and where each row came from."""

    def __init__(self) -> None:
        self.rows: dict[str, int] = {}
        self.vocabulary: dict[str, int] = {}
        self.columns: list[npt.NDArray[np.int32]] = []
        self.weights: list[npt.NDArray[np.float64]] = []
        self._pending: list[str] = []
        self._values: list[Any] = []
        self._lines: list[bytes] = []
        self.ends = array("q", [0])
        self.places: list[tuple[Path, int]] = []
        self.integers = True

    def add(self, path: Path, number: int, line: bytes) -> None:
        """Take a line.

        Raises:
            InputError: its id was used before, or it is not a vector; see `parse`.
        """
        name, vector = parse(path, number, line)
        if name in self.rows:
            first = self.places[self.rows[name]]
            raise InputError(
                f"{path}, line {number}: the id {shown(name)} was used before, in {first[0]}, "
                f"line {first[1]}. Ids must be unique; remove or rename one of the two."
            )
        self.rows[name] = len(self.places)
        self.places.append((path, number))
        self._lines.append(line)
        self._pending.extend(vector)
        self._values.extend(vector.values())
        self.ends.append(self.ends[-1] + len(vector))
        if len(self._pending) >= _CHUNK:
            self._flush()

    def _flush(self) -> None:
        """Turn pending terms and weights into numbers, many at a time: ten times faster."""
        terms, values = self._pending, self._values
        if terms:
            if not set(map(type, values)) <= {int, float}:
                self._refuse_weight_type(terms, values)
            weights = self._numbers(terms, values)
            self.integers = self.integers and float not in set(map(type, values))
            self.columns.append(self._columns(terms))
            self.weights.append(weights)
        self._pending, self._values, self._lines = [], [], []

    def _numbers(self, terms: list[str], values: list[Any]) -> npt.NDArray[np.float64]:
        """The weights; where the fast reader loses what was written, what the strict one has."""
        try:
            weights = np.array(values, dtype=np.float64)
        except OverflowError:
            self._refuse_overflow(values)
            raise
        lost = (weights >= _LARGEST_KEPT) | (np.signbit(weights) & (weights == 0))
        for at in np.flatnonzero(lost).tolist():
            path, number, _ = self._place(at)
            line = self._lines[self._row(at) - len(self.places)]
            values[at] = read_strictly(path, number, line)["vector"][terms[at]]
        return weights

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

    def _row(self, pending: int) -> int:
        """Row of a pending weight."""
        return bisect_right(self.ends, sum(map(len, self.columns)) + pending) - 1

    def _place(self, pending: int) -> tuple[Path, int, str]:
        """File, line and id of a pending weight."""
        row = self._row(pending)
        return (*self.places[row], shown(list(self.rows)[row]))

    def _refuse_weight_type(self, terms: list[str], values: list[Any]) -> None:
        at = next(i for i, value in enumerate(values) if type(value) not in (int, float))
        path, number, name = self._place(at)
        raise InputError(
            f"{path}, line {number}: the vector {name} gives the term {shown(terms[at])} the "
            f"weight {shown(values[at])}, which is not a number."
        )

    def _refuse_overflow(self, values: list[Any]) -> None:
        at = next(i for i, value in enumerate(values) if abs(value) > sys.float_info.max)
        path, number, name = self._place(at)
        raise InputError(
            f"{path}, line {number}: the vector {name} has a weight too large for a number."
        )

    def _refuse_term(self, term: str, at: int) -> None:
        path, number, name = self._place(at)
        what = "an empty term" if not term else f"the term {shown(term)}, which holds white space"
        raise InputError(
            f"{path}, line {number}: the vector {name} has {what}. Lucene's tools would split "
            f"it, and it would never match; replace white space inside terms, by '_' for instance."
        )

    def finish(self, paths: Sequence[Path]) -> Vectors:
        """All rows.

        Args:
            paths: of the files, for the error.

        Raises:
            InputError: there are none; a weight is not one that an index can hold, or a term
                holds white space.
        """
        if not self.places:
            where = ", ".join(map(str, paths[:3])) or "the folder"
            raise InputError(f"No vectors found in {where}: the collection is empty.")
        self._flush()
        weights = _joined(self.weights, np.float64)
        indptr = np.frombuffer(self.ends, dtype=np.int64)
        columns = _joined(self.columns, np.int32)
        self._check_weights(weights, indptr)
        data = weights.astype(np.int32 if self.integers else np.float32)
        zeros = int(np.count_nonzero(data == 0))
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
        name = shown(list(self.rows)[row])
        raise InputError(
            f"{path}, line {number}: the vector {name} gives the term {shown(term)} the weight "
            f"{weight:g}, which is {reason}. Impact weights are finite and not negative."
        )


def _joined(parts: list[Any], dtype: Any) -> Any:
    return np.concatenate(parts) if parts else np.empty(0, dtype=dtype)
