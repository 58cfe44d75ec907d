"""The CSV files of a study's results: whole rows, and numbers where numbers belong."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ground.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

AGAIN = "Run `esplade study` on that folder again: it writes its results anew."
_TEXT = {"cell": str, "pruning": str, "longer_of": str}


def read_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file as text; none where there is no file, or an empty one.

    Raises:
        InputError: it cannot be read, or a row has more or fewer cells than the first.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except FileNotFoundError:
        return []
    except (OSError, ValueError, csv.Error) as error:
        raise InputError(f"{path} cannot be read: {error}. {AGAIN}") from None
    names = rows[0] if rows else []
    for number, row in enumerate(rows, 1):
        if len(row) != len(names) or len(set(names)) < len(names):
            raise InputError(
                f"{path}, row {number}: {len(row)} cells under {len(set(names))} names. {AGAIN}"
            )
    return [dict(zip(names, row, strict=True)) for row in rows[1:]]


def read_table(path: Path, required: Sequence[str]) -> pd.DataFrame:
    """A CSV file; empty where there is none.

    Args:
        path: the file.
        required: columns that it must have.

    Raises:
        InputError: as `read_rows`; a column is missing; a seed or a step is no whole number.
    """
    import pandas as pd

    read_rows(path)
    if not path.exists() or not path.stat().st_size:
        return pd.DataFrame(columns=list(required))
    try:
        table = pd.read_csv(path, dtype=_TEXT, keep_default_na=True)
    except ValueError as error:
        raise InputError(f"{path} cannot be read: {str(error)[:200]}. {AGAIN}") from None
    missing = [column for column in required if column not in table.columns]
    if missing:
        raise InputError(f"{path}: the columns {', '.join(missing)} are missing.")
    for column in _TEXT:
        if column in table.columns:
            table[column] = table[column].fillna("")
    for column in ("seed", "step"):
        if column in table.columns and not _whole_numbers(table[column]):
            raise InputError(f"{path}: {column} is not a whole number in every row. {AGAIN}")
    return table


def _whole_numbers(values: pd.Series[Any]) -> bool:
    from pandas.api.types import is_numeric_dtype

    known = values.dropna()
    return not len(known) or (is_numeric_dtype(known) and bool((known % 1 == 0).all()))
