"""Collections of any size with a real encoder's lists: vectors of real titles, drawn and mixed.

The first documents are the real ones. Each further one takes terms of a real document and of a
second one that shares the first's heaviest term, so that what stands together goes on to, with
weights that vary by 15%. Impacts end at 255, as BMP holds no larger ones.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp

from benchmarks.material import CACHE, Material, acmcr, write_impacts
from harness.pruning import Rule
from harness.quantisation.quantiser import Quantiser, quantise
from harness.vectors import Vectors, read_vectors

KEPT = 0.7
"""Share of the first document's terms; the rest are the second's."""
SPREAD = 0.15
_CHUNK = 50_000


def resampled(documents: int, qk: int = 0, dk: int = 0, queries: int = 200) -> Material | None:
    """So many documents like acmcr's titles, encoded with `pydoc-tiny`; None without data.

    Args:
        documents: how many; up to 108,907 they are the real ones.
        qk: most terms kept of a query, 0 for all.
        dk: most terms kept of a document, 0 for all.
        queries: how many of the real test queries.
    """
    if acmcr(queries=queries) is None:
        return None
    source, folder = CACHE / "acmcr", CACHE / f"acmcr-like-{documents}"
    name = f"acmcr-like-{documents}" + (f"-{qk}:{dk}" if qk or dk else "")
    made = Material(name, folder / f"docs-{dk}.jsonl", folder / f"queries-{queries}-{qk}.jsonl")
    folder.mkdir(parents=True, exist_ok=True)
    if not made.documents.exists():
        _documents(read_vectors(source / "docs"), documents, dk, made.documents)
    if not made.queries.exists():
        read = read_vectors(source / "queries")
        asked = read.with_matrix(Rule.top(qk).apply(read.matrix))
        write_impacts(quantise(asked, Quantiser.parse("scale:100"))[0], made.queries, queries)
    return made


def _documents(real: Vectors, count: int, dk: int, out: Path) -> None:
    partial = out.with_suffix(".partial")
    with partial.open("wb") as stream:
        for chunk, first in drawn(real.matrix, count):
            named = Vectors([f"d{first + n:08d}" for n in range(chunk.shape[0])], real.terms, chunk)
            pruned = named.with_matrix(Rule.top(dk).apply(named.matrix))
            impacts = quantise(pruned, Quantiser.parse("scale:100"))[0]
            np.minimum(impacts.matrix.data, 255, out=impacts.matrix.data)
            write_impacts(impacts, stream)
    partial.replace(out)


def drawn(real: Any, count: int, seed: int = 1) -> Any:
    """Chunks of ``count`` rows like those of ``real`` (n, U), each with its first row's number."""
    lists = sp.csc_array(real)
    heaviest = _heaviest(real)
    taken = min(count, real.shape[0])
    for low in range(0, taken, _CHUNK):
        yield real[low : min(low + _CHUNK, taken)], low
    generator = np.random.default_rng(seed)
    for low in range(taken, count, _CHUNK):
        rows = min(_CHUNK, count - low)
        first = generator.choice(np.flatnonzero(np.diff(real.indptr)), rows)
        starts = lists.indptr[heaviest[first]]
        lengths = np.diff(lists.indptr)[heaviest[first]]
        second = lists.indices[starts + (generator.random(rows) * lengths).astype(np.int64)]
        yield _mixed(real, first, second, generator), low


def _heaviest(real: Any) -> Any:
    """Column of the largest weight of each row; 0 for a row without any."""
    return np.asarray(sp.csr_array(real).argmax(axis=1)).ravel()


def _mixed(real: Any, first: Any, second: Any, generator: np.random.Generator) -> Any:
    parts = []
    for rows, share in ((first, KEPT), (second, 1 - KEPT)):
        part = sp.csr_array(real[rows])
        noise = np.exp(generator.normal(0, SPREAD, part.nnz))
        part.data = part.data * noise * (generator.random(part.nnz) < share)
        part.eliminate_zeros()
        parts.append(part)
    return sp.csr_array(parts[0].maximum(parts[1])).astype(np.float32)
