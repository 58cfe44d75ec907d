"""Integer vectors by hand and by chance, and a search held against brute force."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from harness.lucene.impact_index import ImpactIndex
from harness.retrieval import exact
from harness.vectors.model import Vectors

TERMS = sorted(
    {"|", "##ing", "a", "b", "검색", "검", "😀", "👩‍👩‍👧", "\ufffd", "ﬀ", "the", "A", "\u0001"}
)


def vectors(rows: dict[str, dict[str, int]], terms: list[str] = TERMS) -> Vectors:
    dense = np.zeros((len(rows), len(terms)), dtype=np.int32)
    for place, row in enumerate(rows.values()):
        for term, weight in row.items():
            dense[place, terms.index(term)] = weight
    return Vectors(list(rows), terms, sp.csr_array(dense))


def check(
    index: ImpactIndex,
    documents: Vectors,
    queries: Vectors,
    k: int,
    threads: int,
    algorithm: str = "auto",
) -> None:
    run = index.search(queries, k=k, threads=threads, algorithm=algorithm).run
    assert run.query_ids == queries.ids
    assert run.scores.dtype == np.int64
    expected = exact.search(documents, queries, k)
    for (_, ids, scores), hits in zip(run, expected, strict=True):
        assert ids.tolist() == [documents.ids[row] for row in hits.rows]
        assert scores.tolist() == hits.scores.tolist()


def random_vectors(seed: int, rows: int, terms: int, length: int, high: int, name: str) -> Vectors:
    random = np.random.default_rng(seed)
    lengths = random.integers(0, 2 * length, rows)
    indptr = np.concatenate(([0], np.cumsum(lengths)))
    chosen = [np.sort(random.choice(terms, n, replace=False)) for n in lengths]
    columns = np.concatenate(chosen).astype(np.int32)
    data = random.integers(1, high, len(columns)).astype(np.int32)
    matrix = sp.csr_array((data, columns, indptr), shape=(rows, terms))
    ids = [f"{name}{i}" for i in random.permutation(rows)]
    return Vectors(ids, [f"t{i:05d}" for i in range(terms)], matrix)
