"""What is swept, and how it is measured."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from harness.encoding.parts import encoding_notes
from harness.evaluation import DEFAULT_MEASURES
from harness.quantisation.quantiser import Quantiser
from harness.sweep.grid import DEFAULT_GRID, Pruning, parse_grid
from harness.vectors import vectors_facts


@dataclass(frozen=True)
class System:
    """An encoder whose vectors are swept.

    Attributes:
        name: how tables and figures call it; also a folder name.
        documents: folder or file of document vectors.
        queries: folder or file of query vectors.
        encoder: folder of the encoder that made them, where it is known.
    """

    name: str
    documents: Path
    queries: Path
    encoder: Path | None = None

    def notes(self) -> list[str]:
        """What was counted when its texts were encoded, where that is known."""
        parts = (self.documents, self.queries)
        return [note for part in parts for note in encoding_notes(vectors_facts(part))]


@dataclass(frozen=True)
class SweepSettings:
    """What is varied and how it is measured.

    Attributes:
        split: whose queries and judgments are used.
        fields: what of a document BM25 indexes ("title", "text", "title+text").
        grid: operating points.
        quantiser: see `harness.quantisation.quantiser`.
        k: results per query.
        algorithm: that searches impacts; see `harness.lucene.algorithms`.
        measures: of effectiveness, as ir_measures names them.
        bm25: whether BM25 over the same text is the budget line.
        bm25_impacts: whether BM25's weights are searched as impacts too, by the same algorithm.
        language: Lucene's analyzer for BM25; None for Unicode words in lower case.
        threads: for searching; latency is always measured with one.
        drop_self: leave the document with the query's own id out; see
            `harness.retrieval.selfless`.
        repeats: passes over the queries for latency, after one that is discarded.
    """

    split: str = "test"
    fields: str = "title"
    grid: tuple[Pruning, ...] = parse_grid(DEFAULT_GRID)
    quantiser: Quantiser = Quantiser("scale", factor=100.0)
    k: int = 1000
    algorithm: str = "auto"
    measures: tuple[str, ...] = DEFAULT_MEASURES
    bm25: bool = True
    bm25_impacts: bool = False
    language: str | None = None
    threads: int = 1
    repeats: int = 3
    drop_self: bool = False
