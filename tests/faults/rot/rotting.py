"""Vectors and indexes that are to rot, and what they answer while they are whole."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import scipy.sparse as sp

from ground.artifacts import MANIFEST
from harness.vectors.model import Vectors

TERMS = [f"t{i:02d}" for i in range(40)]


def some_vectors(rows: int, dtype: type, seed: int = 3) -> Vectors:
    generator = np.random.default_rng(seed)
    dense = generator.integers(1, 60, (rows, len(TERMS))) * (generator.random((rows, 40)) < 0.3)
    return Vectors([f"d{i:03d}" for i in range(rows)], TERMS, sp.csr_array(dense.astype(dtype)))


def words(vectors: Vectors) -> list[tuple[str, str]]:
    matrix = vectors.matrix
    rows = (matrix.indices[s:e] for s, e in zip(matrix.indptr, matrix.indptr[1:], strict=False))
    return [(i, " ".join(TERMS[t] for t in row)) for i, row in zip(vectors.ids, rows, strict=True)]


def as_older(folder: Path, drop: tuple[str, ...] = (), **facts: object) -> None:
    """Rewrite a manifest as an older version did: it has no digest."""
    manifest = json.loads((folder / MANIFEST).read_text())
    for key in ("manifest_digest", *drop):
        del manifest[key]
    (folder / MANIFEST).write_text(json.dumps({**manifest, **facts}))
