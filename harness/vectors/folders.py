"""Vectors in memory to a folder of ours."""

from __future__ import annotations

from pathlib import Path

from harness.vectors.model import Vectors
from harness.vectors.store import writing_vectors

_SHARD = 8192


def write(vectors: Vectors, out: Path, *, overwrite: bool = False) -> None:
    """Write vectors as a folder that is read like an encoder's.

    Raises:
        InputError: ``out`` is not free, or an id occurs twice.
    """
    with writing_vectors(out, vectors.terms, facts={}, overwrite=overwrite) as writer:
        for start in range(0, max(1, len(vectors.ids)), _SHARD):
            part = slice(start, start + _SHARD)
            writer.write(vectors.ids[part], vectors.matrix[part])
