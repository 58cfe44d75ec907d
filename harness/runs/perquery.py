"""Per-query values of one run in one Parquet file: what every table and figure is made from.

Columns ``query`` (str), ``measure`` (str) and ``value`` (float64). Costs stand beside the
measures of effectiveness, under the names below; the last four are of searches in two steps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ground.artifacts import atomic_binary, settle
from ground.errors import InputError

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

POSTINGS = "postings"
QUERY_TERMS = "query_terms"
LATENCY = "latency_ms"
LOOKUPS = "lookups"
CANDIDATES = "candidates"
CERTIFIED = "certified"
CANDIDATES_NEEDED = "candidates_needed"
COLUMNS = ("query", "measure", "value")
_AGAIN = "Write it again: `esplade score --per-query`, or the sweep or study that it is of."


def sidecar_path(run_path: Path) -> Path:
    """Where the per-query values of a run file belong: its name, then ``.perquery.parquet``."""
    return run_path.parent / f"{run_path.name}.perquery.parquet"


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
    # With checksums, for a bit that flips in a number is found by nothing else.
    pq.write_table(pa.table(arrays), buffer, compression="zstd", write_page_checksum=True)
    with atomic_binary(path) as stream:
        stream.write(buffer.getvalue().to_pybytes())


def read_values(path: Path) -> pd.DataFrame:
    """Read a per-query table.

    Raises:
        InputError: the file is missing, is not Parquet, is damaged, has not the three columns or
            other types in them, or holds a (query, measure) pair twice.
    """
    import pandas as pd

    table = read_columns(path, {"query": "text", "measure": "text", "value": "number"})
    # A plain conversion: the pandas reader would add a dependence on the index metadata.
    values = pd.DataFrame({name: table.column(name).to_pylist() for name in COLUMNS})
    again = values[values.duplicated(["query", "measure"])]
    if len(again):
        query, measure = again["query"].iloc[0], again["measure"].iloc[0]
        raise InputError(f"{path} holds two values of {measure} for the query {query!r}. {_AGAIN}")
    return values.astype({"value": "float64"})


def read_columns(path: Path, columns: Mapping[str, str]) -> pa.Table:
    """Read some columns of a Parquet file, and verify its checksums.

    Args:
        path: the file.
        columns: name to what it holds: ``text``, ``number``, or either with a question mark
            behind it where values may be missing.

    Raises:
        InputError: the file is missing, is not Parquet, is damaged, or a column is missing or
            holds something else.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(path, page_checksum_verification=True)
        table = file.read([name for name in columns if name in file.schema_arrow.names])
        table.validate(full=True)
    except (OSError, ValueError, pa.ArrowException) as error:
        why = " ".join(str(error).split())[:200]
        wanted = f"a Parquet file with the columns {', '.join(columns)}"
        raise InputError(f"{path} cannot be read as {wanted}: {why}. {_AGAIN}") from None
    for name, holds in columns.items():
        if name not in table.column_names:
            raise InputError(f"{path}: the column {name} is missing. {_AGAIN}")
        one, optional = table.column(name), holds.endswith("?")
        if not _holds(one.type, holds.rstrip("?")) or (one.null_count and not optional):
            raise InputError(f"{path}: the column {name} does not hold {holds}s alone. {_AGAIN}")
    return table


def _holds(kind: pa.DataType, what: str) -> bool:
    import pyarrow.types as of

    if of.is_dictionary(kind):
        kind = kind.value_type
    if what == "text":
        return bool(of.is_string(kind) or of.is_large_string(kind))
    return bool(of.is_floating(kind) or of.is_integer(kind))


def column(values: pd.DataFrame, measure: str) -> pd.Series[float]:
    """The values of one measure, indexed by query id, ascending; empty if it is not there."""
    rows = values[values["measure"] == measure]
    return rows.set_index("query")["value"].sort_index()
