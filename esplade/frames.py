"""Frames of what people hold: tables of other libraries, dictionaries, files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ground.errors import InputError

if TYPE_CHECKING:
    import pandas as pd


def as_frame(given: Any) -> pd.DataFrame:
    """A frame of pandas, or of what can become one.

    Raises:
        InputError: it is no table.
    """
    import pandas as pd

    if isinstance(given, pd.DataFrame):
        return given
    if hasattr(given, "to_pandas"):  # Hugging Face's datasets, polars, pyarrow
        return pd.DataFrame(given.to_pandas())
    if isinstance(given, list | tuple | Mapping):
        return pd.DataFrame(given)
    raise InputError(f"A {type(given).__name__} is no frame: give one of pandas.")


def by_split(qrels: Mapping[str, Any]) -> Mapping[str, Any]:
    """Judgments by split: those that have grades two levels down are."""
    deeper = [v for one in qrels.values() if isinstance(one, Mapping) for v in one.values()]
    return qrels if deeper and all(isinstance(v, Mapping) for v in deeper) else {"test": qrels}


def judgment_frame(qrels: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    """Grades by document by query as a table."""
    import pandas as pd

    rows = [(q, d, grade) for q, judged in qrels.items() for d, grade in judged.items()]
    columns = ["query_id", "doc_id", "relevance"]
    return pd.DataFrame(rows, columns=columns, dtype=object)


def read_judgments(path: str | Path) -> pd.DataFrame:
    """Judgments from a table with named columns, or a file of TREC's or BEIR's."""
    from harness.datasets.qrels import read_qrels
    from harness.datasets.table_files import read_table

    if str(path).removesuffix(".gz").endswith((".csv", ".parquet")):
        return read_table(path)
    return read_qrels(path)
