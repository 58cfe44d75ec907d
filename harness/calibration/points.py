"""The points of a calibration: which collections are searched, and with which queries."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import scipy.sparse as sp

from harness.calibration.synthetic import draw_documents, draw_queries
from harness.lucene.impact_index import ImpactIndex
from harness.pruning import NONE
from harness.quantisation.quantiser import Quantiser
from harness.retrieval.indexing import IndexSettings, index_vectors
from harness.vectors import Vectors

DEPTHS = (10, 1000)
"""Results per query, of every collection."""
LENGTHS = (2, 5, 10, 20, 40)
"""Terms of a query."""
BENDS = (0.2, 0.5, 0.9)
"""How much queries prefer frequent terms, from hardly to as documents do."""
ALIKE = 3
"""Queries of each length and preference."""
_SMALLEST = 200


@dataclass(frozen=True)
class Collection:
    """A collection that is drawn.

    Attributes:
        documents: how many, in a calibration of full length.
        most: share of them that hold the most frequent term.
        held_out: whether predictions are only tried on it.
    """

    documents: int
    most: float
    held_out: bool = False


COLLECTIONS = (
    Collection(2_000, 0.7),
    Collection(8_000, 0.4),
    Collection(20_000, 0.75),
    Collection(60_000, 0.75),
    Collection(30_000, 0.55, held_out=True),
)
"""Lists as long as of two real collections (0.4, 0.75). What is held out is a whole collection, of
a size between: other queries of one that is fitted would be too easy."""


def build(collection: Collection, scale: float, seed: int, folder: Path) -> ImpactIndex:
    """Draw a collection and index it.

    Args:
        collection: what to draw.
        scale: its number of documents is that many times the full one.
        seed: of the draws.
        folder: of the index.
    """
    count = max(_SMALLEST, round(collection.documents * scale))
    settings = IndexSettings(NONE, Quantiser.parse("none"))
    return index_vectors(draw_documents(count, collection.most, seed), folder, settings)


def queries_of_all_kinds(scale: float, seed: int) -> Vectors:
    """Queries of every length and preference, in a drawn order, so that none follows its like.

    Args:
        scale: how many, of the number in a calibration of full length.
        seed: of the draws.
    """
    alike = max(1, round(ALIKE * scale))
    kinds = [(length, bent) for length in LENGTHS for bent in BENDS]
    drawn = [draw_queries(alike, length, bent, seed + i) for i, (length, bent) in enumerate(kinds)]
    matrix = sp.csr_array(sp.vstack([one.matrix for one in drawn]))
    order = np.random.default_rng(seed).permutation(matrix.shape[0])
    names = [f"q{row:04d}" for row in range(matrix.shape[0])]
    shuffled = sp.csr_array(matrix[order])
    shuffled.sort_indices()
    return Vectors(names, drawn[0].terms, shuffled)
