"""Data sets: BEIR folders, TREC files, ir_datasets ids, and the built-in ``pydoc``."""

from __future__ import annotations

from pathlib import Path

from harness.datasets.beir import BeirFolder
from harness.datasets.model import FIELDS, Dataset, Document, Fields
from harness.datasets.qrels import read_qrels

__all__ = ["FIELDS", "Dataset", "Document", "Fields", "load_dataset", "read_qrels"]


def load_dataset(spec: str | Path, *, language: str | None = None) -> Dataset:
    """Open a data set.

    Args:
        spec: a folder in BEIR's layout, or ``pydoc`` (built on first use), or ``irds:ID``.
        language: ``en`` or ``ko``, where the data set does not say, or says it wrong.

    Raises:
        InputError: there is no such data set, or it cannot be read.
    """
    if spec == "pydoc":
        from harness.datasets import pydoc

        return BeirFolder(pydoc.cached(), language=language)
    return BeirFolder(Path(spec).expanduser(), language=language)
