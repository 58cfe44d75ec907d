"""Data sets: BEIR folders, TREC files, ir_datasets ids, and the built-in ``pydoc``."""

from __future__ import annotations

from pathlib import Path

from harness.datasets.beir import BeirFolder
from harness.datasets.model import FIELDS, Dataset, Document, Fields
from harness.datasets.qrels import read_qrels
from harness.datasets.topics import read_topics
from harness.datasets.trec import load_trec

__all__ = [
    "FIELDS",
    "Dataset",
    "Document",
    "Fields",
    "load_dataset",
    "load_trec",
    "read_qrels",
    "read_topics",
]


def load_dataset(spec: str | Path, *, language: str | None = None) -> Dataset:
    """Open a data set.

    Args:
        spec: a folder in BEIR's layout, or ``pydoc`` (built on first use), or ``irds:ID``
            (ir_datasets). For TREC topics and judgments as files: `load_trec`.
        language: ``en`` or ``ko``, where the data set does not say, or says it wrong.

    Raises:
        InputError: there is no such data set, or it cannot be read.
    """
    if spec == "pydoc":
        from harness.datasets import pydoc

        return BeirFolder(pydoc.cached(), language=language)
    if str(spec).startswith("irds:"):
        from harness.datasets.irds import IrDataset

        return IrDataset(str(spec).removeprefix("irds:"), language)
    return BeirFolder(Path(spec).expanduser(), language=language)
