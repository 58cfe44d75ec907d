"""A table as Parquet: values in full precision, and all that is said of them as metadata."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from harness.report.tables import Column, Table, Value, is_number

if TYPE_CHECKING:
    import pyarrow as pa

METADATA = b"esplade"
"""Key of the JSON object in the file's metadata."""


def to_parquet(table: Table, facts: Mapping[str, Any]) -> bytes:
    """The bytes of a Parquet file: a row a system, columns as CSV has them.

    Args:
        table: columns of numbers are float64, null where there is none; others are text.
        facts: plain values that the file holds as JSON beside the rows, such as all tests.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    arrays = {column.key: _array(table, column) for column in table.columns}
    arrays["baseline"] = pa.array([row.baseline for row in table.rows], pa.bool_())
    for column in table.columns:
        if table.has_marks(column):
            marks = [row.marks.get(column.key, "") for row in table.rows]
            arrays[f"{column.key}_mark"] = pa.array(marks, pa.string())
    arrays["notes"] = pa.array([" ".join(row.notes) for row in table.rows], pa.string())
    held = pa.table(arrays).replace_schema_metadata(
        {METADATA: json.dumps(facts, ensure_ascii=False)}
    )
    buffer = pa.BufferOutputStream()
    # With checksums, for a bit that flips in a number is found by nothing else.
    pq.write_table(held, buffer, compression="zstd", write_page_checksum=True)
    return bytes(buffer.getvalue().to_pybytes())


def _array(table: Table, column: Column) -> pa.Array:
    import pyarrow as pa

    values: list[Value] = [row.values.get(column.key) for row in table.rows]
    if column.digits is None:
        return pa.array([None if value is None else str(value) for value in values], pa.string())
    numbers = [float(v) if v is not None and is_number(v) else None for v in values]
    return pa.array(numbers, pa.float64())
