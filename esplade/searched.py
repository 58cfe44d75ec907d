"""What a run was searched in, and with which queries, for its metadata."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any


def searched_data(
    index: Path, queries: Any, split: str, manifest: Mapping[str, Any]
) -> dict[str, Any]:
    """The data of a run, as ir_metadata has them: index, and test collection where it is known.

    Args:
        index: its folder.
        queries: as `esplade.Index.search` takes them.
        split: of a data set.
        manifest: of the index.
    """
    collection = _collection(queries, split, manifest)
    found: dict[str, Any] = {"index": str(index.resolve())}
    return {**found, "test collection": collection} if collection else found


def _collection(queries: Any, split: str, manifest: Mapping[str, Any]) -> dict[str, Any]:
    from esplade.vectors import Vectors
    from harness.vectors import vectors_facts

    source: Any = queries.path if isinstance(queries, Vectors) else queries
    if isinstance(source, str | Path):
        facts = vectors_facts(Path(source)) if Path(source).is_dir() else {}
        of, split = facts.get("dataset"), facts.get("split") or split
    elif hasattr(source, "queries") and hasattr(source, "name"):
        of = {"name": source.name}
        known = manifest.get("dataset")
        # The digest is known where the index is of the same: large files are not read for it.
        of = known if isinstance(known, Mapping) and known.get("name") == source.name else of
    else:
        of = None
    return {**of, "split": split} if isinstance(of, Mapping) else {}
