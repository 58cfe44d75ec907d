"""Tables in files: CSV, TSV, Parquet, as frames whose cells are as they were written."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

from ground.errors import InputError
from ground.reading import text
from harness.datasets.rows import ROWS, Rows

if TYPE_CHECKING:
    import pandas as pd

_SEPARATED = {".csv": ",", ".tsv": "\t", ".tab": "\t"}
FORMS = "CSV (.csv), TSV (.tsv) with a header line, both maybe .gz, or Parquet (.parquet)"


def read_table(path: str | Path) -> pd.DataFrame:
    """Read a table with named columns; in CSV and TSV every cell stays text (``01`` is not 1).

    Raises:
        InputError: the file cannot be read, is no such table, or a row has more or fewer cells
            than there are columns; with the line.
    """
    path = Path(path)
    suffixes = [suffix.lower() for suffix in path.suffixes]
    kind = next((s for s in reversed(suffixes) if s != ".gz"), "")
    if kind == ".parquet":
        return _parquet(path)
    if kind not in _SEPARATED:
        raise InputError(f"{path}: tables are read as {FORMS}. Name the file by what it is.")
    return _separated(path, _SEPARATED[kind])


def _separated(path: Path, separator: str) -> pd.DataFrame:
    import pandas as pd

    content = text(path)
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=separator, strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    try:
        header = next(reader, None)
        if not header or not any(header):
            raise InputError(f"{path} is empty, or its first line names no columns.")
        if len(set(header)) < len(header):
            twice = next(name for name in header if header.count(name) > 1)
            raise InputError(f"{path}, line 1: the column {twice!r} stands twice. Rename one.")
        for row in reader:
            if row and len(row) != len(header):
                raise InputError(
                    f"{path}, line {reader.line_num}: {len(row)} cells, where the header names "
                    f"{len(header)} columns. Quote a cell that holds {separator!r}."
                )
            if row:
                rows.append(row)
                lines.append(reader.line_num)
    except csv.Error as error:
        raise InputError(
            f"{path}, line {reader.line_num}: not a row of a table ({error}). Quote cells that "
            f"hold separators, quotes or line ends, and double the quotes in them."
        ) from None
    frame = pd.DataFrame(rows, columns=header, dtype=object)
    frame.attrs[ROWS] = Rows(str(path), tuple(lines))
    return frame


def _parquet(path: Path) -> pd.DataFrame:
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

    if not path.is_file():
        raise InputError(f"{path} does not exist, or is no file. Check the path.")
    try:
        frame = pd.DataFrame(pq.read_table(path).to_pandas())
    except (pa.ArrowException, OSError) as error:
        what = str(error).partition("\n")[0]
        raise InputError(f"{path} is no Parquet file that can be read ({what}).") from None
    frame.attrs[ROWS] = Rows(str(path))
    return frame
