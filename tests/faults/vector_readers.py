"""The two ways in which vectors are read: by Python alone, and for an index."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from harness.lucene.json_reading import JsonReading
from harness.lucene.jvm import start
from harness.lucene.vector_reading import read_documents
from harness.vectors import Vectors, read_vectors

READ_BY_KERNEL: list[bool] = []
"""Of every file, whether the kernel read it and did not leave it to Python."""


def by_kernel(path: Path) -> Vectors:
    """As `harness.lucene.json_reading.reading`, without its rehearsal of an index."""
    start()
    with TemporaryDirectory() as folder:
        begun = JsonReading([path], Path(folder), "A test")
        try:
            READ_BY_KERNEL.append(begun.result() is not None)
            found = read_documents(path, begun)
            return replace(found, matrix=found.matrix.copy())
        finally:
            begun.close()


READERS = (read_vectors, by_kernel)
