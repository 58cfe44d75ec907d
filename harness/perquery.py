"""Per-query values of one run in one Parquet file: what every table and figure is made from.

Columns ``query`` (str), ``measure`` (str) and ``value`` (float64). Costs stand beside the
measures of effectiveness, under the names below.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.artifacts import atomic_binary, settle
from harness.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

POSTINGS = "postings"
QUERY_TERMS = "query_terms"
LATENCY = "latency_ms"
COLUMNS = ("query", "measure", "value")


def sidecar_path(run_path: Path) -> Path:
    """Where the per-query values of a run file belong: its name, then ``.perquery.parquet``."""
    return run_path.with_name(run_path.name + ".perquery.parquet")


def find_sidecar(run_path: Path) -> Path | None:
    """The per-query values beside a run file, if any.

    Either its own sidecar, or ``perquery.parquet`` in the folder of a ``run.trec`` (where a
    sweep puts it).
    """
    settle(run_path)
    candidates = [sidecar_path(run_path)]
    if run_path.name == "run.trec":
        candidates.append(run_path.with_name("perquery.parquet"))
    return next((path for path in candidates if path.exists()), None)


def make_values(queries: Sequence[str], measures: Mapping[str, Any]) -> pd.DataFrame:
    """Build a per-query table from arrays.

    Args:
        queries: query ids, length n.
        measures: name to array of n numbers, in the order of ``queries``.
    """
    import pandas as pd

    tables = [
        pd.DataFrame({"query": list(queries), "measure": name, "value": list(map(float, values))})
        for name, values in measures.items()
    ]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=list(COLUMNS))


def write_values(path: Path, values: pd.DataFrame) -> None:
    """Write a per-query table as a Parquet file that appears whole or not at all.

    Raises:
        ValueError: a column is missing, or a (query, measure) pair occurs twice.
    """
    if values.duplicated(["query", "measure"]).any():
        raise ValueError("a (query, measure) pair occurs twice in a per-query table")
    write_columns(path, values, {"query": "string", "measure": "names", "value": "float64"})


def write_columns(path: Path, values: pd.DataFrame, columns: Mapping[str, str]) -> None:
    """Write columns of a table as a Parquet file that appears whole or not at all.

    Args:
        path: the file.
        values: the table.
        columns: name to Arrow type, in the order of the file; ``names`` are strings of which
            there are few, stored as a dictionary.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    arrays = {}
    for name, kind in columns.items():
        of_type = pa.string() if kind == "names" else pa.type_for_alias(kind)
        array = pa.array(values[name].tolist(), of_type)
        arrays[name] = array.dictionary_encode() if kind == "names" else array
    buffer = pa.BufferOutputStream()
    pq.write_table(pa.table(arrays), buffer, compression="zstd")
    with atomic_binary(path) as stream:
        stream.write(buffer.getvalue().to_pybytes())


def read_values(path: Path) -> pd.DataFrame:
    """Read a per-query table.

    Raises:
        InputError: the file is missing, is not Parquet, or has not the three columns.
    """
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        # A plain read: the pandas reader would add a dependence on the index metadata.
        table = pq.ParquetFile(path).read()
        columns = {name: table.column(name).to_pylist() for name in COLUMNS}
    except (OSError, pa.ArrowException, KeyError) as error:
        raise InputError(
            f"{path} cannot be read as per-query values (a Parquet file with the columns query, "
            f"measure, value): {error}. Write it with `esplade score --per-query`."
        ) from None
    values = pd.DataFrame(columns)
    return values.astype({"value": "float64"})


def column(values: pd.DataFrame, measure: str) -> pd.Series[float]:
    """The values of one measure, indexed by query id, ascending; empty if it is not there."""
    rows = values[values["measure"] == measure]
    return rows.set_index("query")["value"].sort_index()
