"""Data sets by their names and folders: opened, and looked over."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from esplade.dataset import Dataset

if TYPE_CHECKING:
    from harness.datasets.report import Report


def load_dataset(spec: Any, *, language: str | None = None) -> Dataset:
    """Open a data set.

    Args:
        spec: a folder in BEIR's layout, ``pydoc`` (built in), ``irds:ID`` (ir_datasets), or a data
            set that is open already.
        language: ``en``, ``ko``, ..., where the data set does not say, or says it wrong.

    Raises:
        InputError: there is no such data set, or it cannot be read.

    Example:
        >>> import esplade
        >>> titles = {"d1": "sort a list", "d2": "read a file"}
        >>> folder = esplade.Dataset.from_dicts(titles, name="two").write("two")
        >>> esplade.load_dataset(folder)
        Dataset('two': 2 documents, no judgments)
    """
    from harness.datasets import load_dataset as load

    if isinstance(spec, Dataset):
        return spec
    if hasattr(spec, "docs") and hasattr(spec, "digest"):
        return Dataset(spec)
    return Dataset(load(spec, language=language))


def check_dataset(spec: str | Path) -> Report:
    """Look a data set over: every fault with its place, not only the first.

    Args:
        spec: a folder in BEIR's layout, ``pydoc`` or ``irds:ID``.

    Returns:
        What was found: ``errors`` and ``warnings`` (their numbers), ``counts``, ``faults``, and
        all of it with ``as_dict()``.

    Raises:
        InputError: a file is missing or cannot be read at all.

    Example:
        >>> import esplade
        >>> titles = {"d1": "sort a list", "d2": ""}
        >>> folder = esplade.Dataset.from_dicts(titles, name="two").write("checked")
        >>> report = esplade.check_dataset(folder)
        >>> report.errors, list(report.faults)[:2]
        (0, ['document with neither title nor text', 'document with an empty title'])
    """
    from harness.datasets import pydoc
    from harness.datasets.check import check

    return check(pydoc.cached() if str(spec) == "pydoc" else spec)
