"""Building impact indexes, in parts of bounded size, checked against what was to be written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ground.artifacts import building, check_free
from ground.errors import IntegrityError
from harness.lucene.building import check_ids, feed, read_back
from harness.lucene.impact_checks import check_impacts
from harness.lucene.impact_index import KIND, ImpactIndex, open_impact_index
from harness.lucene.index import lucene_version
from harness.lucene.inverting import Inverter, parts
from harness.lucene.jvm import java_path, kernel
from harness.lucene.statistics import TermStatistics, compare_statistics
from harness.lucene.tables import Tables, write_tables
from harness.vectors.model import Vectors


def build_impact_index(
    vectors: Vectors,
    out: Path,
    *,
    key: str | None = None,
    facts: Mapping[str, Any] | None = None,
    overwrite: bool = False,
    memory_mb: int = 1024,
    threads: int = 2,
    progress: Callable[[int], None] | None = None,
) -> ImpactIndex:
    """Build a Lucene impact index, check it against the vectors, and open it.

    Documents without terms are indexed too: pruning never changes the number of documents.

    Args:
        vectors: documents, int32 impacts in 1 .. 2^24 - 1.
        out: the index folder; it appears whole or not at all.
        key: digest of inputs and configuration, for the manifest.
        facts: what else the manifest records.
        overwrite: replace a finished impact index.
        memory_mb: what the documents on their way to Lucene may take, in MB; a collection that
            needs more is written in parts, which are then merged.
        threads: parts written at a time.
        progress: called with the number of documents handed over since the last call.

    Raises:
        InputError: vectors that an index cannot hold; ``out`` is not free.
        LuceneError: Lucene failed; a full disk is an `OutputError`.
        IntegrityError: the index does not hold what the vectors hold. Nothing is left then.
    """
    check_impacts(vectors)
    source = Documents(vectors.ids, vectors.terms, vectors.lengths(), vectors.matrix.__getitem__)
    return build_from_documents(
        source,
        out,
        key=key,
        facts=lambda: facts or {},
        overwrite=overwrite,
        memory_mb=memory_mb,
        threads=threads,
        progress=progress,
    )


@dataclass(frozen=True)
class Documents:
    """Documents whose impacts are made when they are needed, a part at a time.

    Attributes:
        ids: of the documents.
        terms: the columns, in code point order.
        lengths: (documents,) int64, terms of each; an upper bound will do.
        rows: given row numbers or a slice of them, their int32 impacts as (rows, terms) CSR.
        counted: how many documents a count of their source gave, by other means than they were
            read with; None if there is none.
    """

    ids: Sequence[str]
    terms: list[str]
    lengths: NDArray[np.int64]
    rows: Callable[[Any], sp.csr_array]
    counted: int | None = None


def build_from_documents(
    documents: Documents,
    out: Path,
    *,
    key: str | None = None,
    facts: Callable[[], Mapping[str, Any]] = dict,
    overwrite: bool = False,
    memory_mb: int = 1024,
    threads: int = 2,
    progress: Callable[[int], None] | None = None,
) -> ImpactIndex:
    """As `build_impact_index`, for impacts that are made on the way.

    Args:
        documents: see `Documents`; every row is asked for once.
        out: the index folder.
        key: digest of inputs and configuration.
        facts: asked for after the last document, so that it can tell what was lost on the way.
        overwrite: replace a finished impact index.
        memory_mb: what the documents on their way to Lucene may take.
        threads: parts written at a time.
        progress: called with the number of documents handed over since the last call.

    Raises:
        IntegrityError: besides, the index does not hold as many documents as were counted.
    """
    check_free(out, KIND, overwrite)
    check_ids(documents.ids)
    order = _order(documents.ids)
    inverter = Inverter(documents.terms)
    ids = list(documents.ids) if order is None else [documents.ids[row] for row in order.tolist()]
    lengths = documents.lengths if order is None else documents.lengths[order]

    def batches() -> Iterator[tuple[int, bytes]]:
        for part in parts(lengths, memory_mb, threads):
            rows = documents.rows(part if order is None else order[part])
            yield part.stop - part.start, inverter.invert(ids[part], rows)

    with building(out, KIND, key=key, overwrite=overwrite) as build:
        folder = java_path(build.path)
        feed(lambda: kernel("ImpactIndexer")(folder, threads), batches(), out, progress)
        expected = inverter.statistics()
        found = read_back(build.path, out, ids)
        _check_count(out, len(ids), documents.counted)
        compare_statistics(out, found, expected)
        recorded = write_tables(build.path, Tables(ids, documents.terms, *inverter.tables))
        build.facts = {**facts(), **_facts(ids, inverter, expected), **recorded}
    return open_impact_index(out)


def _check_count(out: Path, indexed: int, counted: int | None) -> None:
    if counted is not None and indexed != counted:
        raise IntegrityError(
            f"The index {out} holds {indexed:,} documents, and a count of the files that they come "
            f"from gives {counted:,}. Nothing was written; report this."
        )


def _order(ids: Sequence[str]) -> NDArray[np.int64] | None:
    """Rows in code point order of their ids; None if they are so already."""
    order = sorted(range(len(ids)), key=ids.__getitem__)
    return None if order == list(range(len(ids))) else np.asarray(order, dtype=np.int64)


def _facts(ids: list[str], inverter: Inverter, statistics: TermStatistics) -> dict[str, Any]:
    return {
        "documents": len(ids),
        "empty_documents": inverter.empty_documents,
        "terms": len(statistics.terms),
        "postings": inverter.postings,
        "impact_sum": int(statistics.impact_sum.sum()),
        "lucene": lucene_version(),
    }
