"""The ground that readers stand on: bytes, lines and records of files, and the place of each fault.

Whatever is wrong with a file is one paragraph: the file, the line, what it is, and the remedy.
"""

from __future__ import annotations

from ground.reading.documents import json_document, yaml_document
from ground.reading.lines import byte_lines, lines, numbered_text_lines, text, text_lines
from ground.reading.opening import Taken, blocks, existing, optional, whole
from ground.reading.records import clean_id, fault_of_id, record, record_id, records, text_field

__all__ = [
    "Taken",
    "blocks",
    "byte_lines",
    "clean_id",
    "existing",
    "fault_of_id",
    "json_document",
    "lines",
    "numbered_text_lines",
    "optional",
    "record",
    "record_id",
    "records",
    "text",
    "text_field",
    "text_lines",
    "whole",
    "yaml_document",
]
