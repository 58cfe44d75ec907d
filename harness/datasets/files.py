"""What readers of data sets need of `harness.reading`, by the names that they know."""

from __future__ import annotations

from harness.reading import (
    clean_id,
    existing,
    lines,
    optional,
    record,
    record_id,
    records,
    text_field,
)

__all__ = [
    "clean_id",
    "existing",
    "lines",
    "optional",
    "record",
    "record_id",
    "records",
    "text_field",
]
