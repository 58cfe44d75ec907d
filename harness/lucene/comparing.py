"""All bytes of an index held against its checksums, for those who do not trust a disk."""

from __future__ import annotations

from pathlib import Path

from ground.artifacts import is_complete, read_manifest
from harness.lucene.footers import check_footers, lucene_names
from harness.lucene.tables import read_tables


def compare_files(path: Path) -> int:
    """Compare all files of an index with their checksums, whatever is remembered of them.

    Returns:
        Bytes of Lucene's files.

    Raises:
        InputError: the folder is no index of ours, or a file is damaged.
    """
    kinds = ("text index", "impact index")
    manifest = read_manifest(path, kinds[not is_complete(path, kinds[0])])
    check_footers(path, always=True)
    read_tables(path, manifest)
    return sum((path / name).stat().st_size for name in lucene_names(path))
