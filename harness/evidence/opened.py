"""A point with what it was searched with: its index, its queries' weights and impacts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from ground.artifacts import is_complete
from ground.errors import InputError
from harness.lucene import impact_index, text_index
from harness.pruning import Rule
from harness.retrieval.lexical import query_vectors
from harness.retrieval.searching import prepare_queries
from harness.vectors import Vectors, read_vectors

if TYPE_CHECKING:
    from harness.lucene.impact_index import ImpactIndex
    from harness.lucene.text_index import TextIndex
    from harness.report.points import Point


@dataclass(frozen=True)
class Opened:
    """A point whose index is open.

    Attributes:
        point: which one.
        index: that was searched.
        weights: of its queries before pruning.
        asked: what was searched with, over the index's terms, shape (queries, index terms).
        impacts: the same over the terms of ``weights``.
    """

    point: Point
    index: ImpactIndex | TextIndex
    weights: Vectors
    asked: sp.csr_array
    impacts: sp.csr_array

    @property
    def lexical(self) -> bool:
        """Whether this is BM25 over a text index, where impacts are counts."""
        return isinstance(self.index, text_index.TextIndex)


@contextmanager
def opened(point: Point, queries: Mapping[str, str]) -> Iterator[Opened | None]:
    """Open what a point was searched with; nothing where that is not known, or is gone.

    Args:
        point: which one.
        queries: text by id, of the queries that are looked at.

    Raises:
        InputError: its index or its vectors are damaged.
    """
    path = folder_of(point, "index")
    if path is None:
        yield None
    elif is_complete(path, text_index.KIND):
        with text_index.open_text_index(path) as words:
            yield _of_words(point, words, queries)
    else:
        with impact_index.open_impact_index(path) as index:
            yield _of_impacts(point, index, queries)


def query_rule(pruning: str) -> Rule:
    """The rule of queries in a pruning such as ``7:20`` or ``top:7+match:2/top:20``.

    Raises:
        InputError: it cannot be read.
    """
    if not pruning:
        return Rule()
    if "/" not in pruning:
        return Rule.parse(pruning.partition(":")[0])
    cuts = [i for i, letter in enumerate(pruning) if letter == "/"]
    for cut in cuts:  # a rule may name a file, whose path has slashes of its own
        try:
            Rule.parse(pruning[cut + 1 :])
            return Rule.parse(pruning[:cut])
        except InputError:
            continue
    raise InputError(f"The pruning {pruning!r} is no pair of rules with a slash between them.")


def _of_words(point: Point, index: TextIndex, queries: Mapping[str, str]) -> Opened:
    counts = query_vectors(index, queries)
    asked = counts.matrix.astype(np.int32)
    return Opened(point, index, counts, asked, asked)


def _of_impacts(point: Point, index: ImpactIndex, queries: Mapping[str, str]) -> Opened | None:
    weights = _query_weights(point, queries)
    if weights is None:
        return None
    # All of them first: a rule may look at every query.
    prepared = prepare_queries(weights, index, query_rule(point.pruning))
    rows = [row for row, name in enumerate(weights.ids) if name in queries]
    kept = Vectors([weights.ids[row] for row in rows], weights.terms, weights.matrix[rows])
    return Opened(point, index, kept, prepared.matrix[rows], prepared.vectors.matrix[rows])


def _query_weights(point: Point, queries: Mapping[str, str]) -> Vectors | None:
    words, path = folder_of(point, "words"), folder_of(point, "queries")
    if words is not None:
        with text_index.open_text_index(words) as index:
            return query_vectors(index, queries)
    return None if path is None else read_vectors(path)


def folder_of(point: Point, what: str) -> Path | None:
    """A folder that a point comes from, if it is still there."""
    path = point.sources.get(what)
    return path if path is not None and path.exists() else None
