"""The vector store: impact vectors as people exchange them (JSON Lines), and packed for speed."""

from __future__ import annotations

from harness.vectors.model import Vectors
from harness.vectors.store import (
    KIND,
    VectorWriter,
    read_vectors,
    vectors_digest,
    vectors_facts,
    writing_vectors,
)

__all__ = [
    "KIND",
    "VectorWriter",
    "Vectors",
    "read_vectors",
    "vectors_digest",
    "vectors_facts",
    "writing_vectors",
]
