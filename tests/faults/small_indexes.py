"""A small index and its vectors."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import scipy.sparse as sp

from ground.artifacts import MANIFEST
from harness.vectors.model import Vectors


def vectors(
    ids: list[str], terms: list[str], rows: list[list[int]], dtype: type = np.int32
) -> Vectors:
    return Vectors(ids, terms, sp.csr_array(np.array(rows, dtype=dtype)))


def good() -> Vectors:
    return vectors(["d1", "d2"], ["a", "b"], [[3, 1], [0, 2]])


def rewrite(index: Path, **facts: object) -> None:
    """Give an index another manifest, as an older version wrote it, without a digest of its own."""
    manifest = json.loads((index / MANIFEST).read_text())
    del manifest["manifest_digest"]
    (index / MANIFEST).write_text(json.dumps({**manifest, **facts}))
