"""The files of ours beside Lucene's: document ids, terms and their statistics.

They sit in the folder ``esplade`` inside an index, which Lucene and Pyserini do not look at, and
spare every reader of the index a scan of all its terms and a call per document.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ground.artifacts import atomic_text, file_crc32
from ground.errors import InputError

FOLDER = "esplade"
DOCIDS = "docids.txt"
TERMS = "terms.txt"
DOCUMENT_FREQUENCY = "document_frequency.npy"
MAX_IMPACT = "max_impact.npy"
CHECKSUMS = "tables"
"""CRC-32 of each of the tables, in the manifest."""
CHECKSUM = "tables_crc32"
"""Of all of them, one after the other, in the manifests of older indexes."""
_FILES = (DOCIDS, TERMS, DOCUMENT_FREQUENCY, MAX_IMPACT)


@dataclass(frozen=True)
class Tables:
    """What is kept beside an index.

    Attributes:
        doc_ids: by Lucene's document number, which is their code point order.
        terms: in code point order; some may have no postings.
        document_frequency: (terms,) int64.
        max_impact: (terms,) int64, the largest frequency (impact) in each postings list.
    """

    doc_ids: list[str]
    terms: list[str]
    document_frequency: NDArray[np.int64]
    max_impact: NDArray[np.int64]


def write_tables(index: Path, tables: Tables) -> dict[str, Any]:
    """Write the tables of the index in a folder.

    Returns:
        What its manifest must record, for `read_tables`.
    """
    folder = index / FOLDER
    folder.mkdir()
    _write_lines(folder / DOCIDS, tables.doc_ids)
    _write_lines(folder / TERMS, tables.terms)
    np.save(folder / DOCUMENT_FREQUENCY, tables.document_frequency)
    np.save(folder / MAX_IMPACT, tables.max_impact)
    return {CHECKSUMS: {name: file_crc32(folder / name) for name in _FILES}}


def read_tables(index: Path, manifest: Mapping[str, Any]) -> Tables:
    """Read the tables of the index in a folder.

    Searches skip by the largest impacts, so that damage here must never go unnoticed.

    Raises:
        InputError: one is missing, broken, or does not fit the others.
    """
    folder = index / FOLDER
    try:
        _check(folder, manifest)
        tables = Tables(
            _read_lines(folder / DOCIDS),
            _read_lines(folder / TERMS),
            np.load(folder / DOCUMENT_FREQUENCY),
            np.load(folder / MAX_IMPACT),
        )
    except (OSError, ValueError, EOFError, TypeError) as error:
        raise InputError(
            f"The index {index} is damaged: {error}. Build it again with --overwrite."
        ) from None
    if not len(tables.terms) == len(tables.document_frequency) == len(tables.max_impact):
        raise InputError(
            f"The index {index} is damaged: its files in {FOLDER}/ disagree about the number of "
            f"terms. Build it again with --overwrite."
        )
    return tables


def _check(folder: Path, manifest: Mapping[str, Any]) -> None:
    for name, expected in (manifest.get(CHECKSUMS) or {}).items():
        if file_crc32(folder / name) != expected:
            raise ValueError(f"{folder / name} is not the file that was written")
    if CHECKSUM in manifest and manifest[CHECKSUM] != _checksum(folder):
        raise ValueError(f"the files in {FOLDER}/ are not those that were written")


def _checksum(folder: Path) -> int:
    checksum = 0
    for name in _FILES:
        checksum = zlib.crc32((folder / name).read_bytes(), checksum)
    return checksum


def _write_lines(path: Path, lines: Sequence[str]) -> None:
    with atomic_text(path) as stream:
        stream.write("".join(f"{line}\n" for line in lines))


def _read_lines(path: Path) -> list[str]:
    # str.splitlines would also cut at U+2028 and others that may be part of a term.
    return path.read_bytes().decode().split("\n")[:-1]
