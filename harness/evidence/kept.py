"""Evidence by what it is of: its key, and texts and judgments from evidence that is there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ground.artifacts import MANIFEST, digest, file_digest, read_manifest
from ground.reading import json_document
from harness.evidence.model import Material
from harness.report.evidence_files import KIND, QUERIES, RESULTS

if TYPE_CHECKING:
    from harness.report.points import Point


def key_of(points: Sequence[Point], collection: str) -> str:
    """Digest of points and of a collection.

    Args:
        points: whose runs count, not the names that they have.
        collection: digest of texts and judgments.
    """
    return digest([collection, [_run_key(point) for point in points]])


def _run_key(point: Point) -> str:
    """A sweep's point knows its own key; of other runs the file is read."""
    if point.run is None:
        return ""
    manifest = point.run.with_name(MANIFEST)
    if point.sources and manifest.is_file():
        return str(json_document(manifest).get("key"))
    return file_digest(point.run)


def material_of_evidence(folders: Sequence[Path]) -> Callable[[set[str]], Material]:
    """Texts and judgments from the evidence of sweeps, where their data set is not at hand.

    What their tables show is in them: the texts of the queries, those of the best results, and
    these results' judgments.
    """
    import pyarrow.parquet as pq

    queries: dict[str, str] = {}
    documents: dict[str, str] = {}
    judgments: dict[str, dict[str, int]] = {}
    for folder in folders:
        asked = pq.read_table(folder / QUERIES, columns=["query", "text"]).to_pydict()
        queries |= dict(zip(asked["query"], asked["text"], strict=True))
        columns = ["query", "document", "text", "relevance"]
        found = pq.read_table(folder / RESULTS, columns=columns).to_pydict()
        for query, document, text, grade in zip(*(found[c] for c in columns), strict=True):
            if text is not None:
                documents[document] = text
            if grade is not None:
                judgments.setdefault(query, {})[document] = grade
    found_fields = {str(read_manifest(folder, KIND).get("fields")) for folder in folders}
    fields = found_fields.pop() if len(found_fields) == 1 else ""
    return lambda wanted: Material(queries, _some(documents, wanted), judgments, fields)


def _some(documents: Mapping[str, str], wanted: set[str]) -> dict[str, str]:
    return {name: text for name, text in documents.items() if name in wanted}
