"""Data sets: BEIR folders, TREC files, ir_datasets ids, and the built-in ``pydoc``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ground.doors import Door
from ground.errors import InputError
from harness.datasets.beir import BeirFolder
from harness.datasets.model import FIELDS, Dataset, Document, Fields
from harness.datasets.qrels import read_qrels
from harness.datasets.topics import read_topics
from harness.datasets.trec import load_trec

__all__ = [
    "DATASETS",
    "FIELDS",
    "Dataset",
    "Document",
    "Fields",
    "load_dataset",
    "load_trec",
    "read_qrels",
    "read_topics",
]


def _beir(rest: str, language: str | None) -> Dataset:
    return BeirFolder(Path(rest).expanduser(), language=language)


def _pydoc(rest: str, language: str | None) -> Dataset:
    from harness.datasets import pydoc

    if rest:
        raise InputError(f"pydoc:{rest}: pydoc is one data set. Give --dataset pydoc.")
    return BeirFolder(pydoc.cached(), language=language)


def _irds(rest: str, language: str | None) -> Dataset:
    from harness.datasets.irds import IrDataset

    return IrDataset(rest, language)


DATASETS: Door[Callable[[str, str | None], Dataset]] = Door(
    "kind of data set", "esplade.datasets", {"beir": _beir, "pydoc": _pydoc, "irds": _irds}
)
"""Kinds of data sets by the word before the colon: each takes what follows it and a language."""


def load_dataset(spec: str | Path, *, language: str | None = None) -> Dataset:
    """Open a data set.

    Args:
        spec: a folder in BEIR's layout, or ``pydoc`` (built on first use), or ``irds:ID``
            (ir_datasets), or ``KIND:...`` of another package. For TREC topics and judgments as
            files: `load_trec`.
        language: ``en`` or ``ko``, where the data set does not say, or says it wrong.

    Raises:
        InputError: there is no such data set, or it cannot be read.
    """
    kind, colon, rest = str(spec).partition(":")
    if spec == "pydoc":
        return _pydoc("", language)
    if colon and kind in DATASETS and not Path(spec).exists():
        return DATASETS.find(kind)(rest, language)
    return _beir(str(spec), language)
