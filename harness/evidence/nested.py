"""Lists of records as Arrow keeps them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pyarrow as pa


def lists_of(rows: Sequence[Sequence[Mapping[str, Any]]], of: pa.DataType) -> pa.Array:
    """One list of records a row."""
    import pyarrow as pa

    return pa.array(rows, pa.list_(of))


def lists_from(starts: NDArray[np.int64], columns: Mapping[str, Any], of: pa.DataType) -> pa.Array:
    """Lists of records from columns.

    Args:
        starts: where each list starts, and the last one ends: shape (rows + 1,).
        columns: name to values, one a record, of all lists.
        of: the records' type.
    """
    import pyarrow as pa

    fields = {field.name: field.type for field in of}
    parts = [pa.array(columns[name], kind) for name, kind in fields.items()]
    records = pa.StructArray.from_arrays(parts, fields=list(of))
    return pa.ListArray.from_arrays(pa.array(starts, pa.int32()), records, type=pa.list_(of))
