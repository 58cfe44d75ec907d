"""What the metadata of a run that was searched here say: how, and whose queries."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harness.lucene.impact_index import ImpactIndex
    from harness.retrieval.searching import PreparedQueries


def method_facts(index: ImpactIndex, prepared: PreparedQueries, k: int) -> dict[str, Any]:
    """How a run was retrieved, for its metadata."""
    from harness.sweep.grid import spelled

    # A rule is not read again: files that it names may be gone.
    dk = index.manifest["dk"]
    of_documents = str(index.manifest["prune"]) if dk is None else str(dk)
    return {
        "retrieval": "learned sparse impacts",
        "qk": prepared.prune.k,
        "dk": dk,
        "pruning": spelled(prepared.prune.short, of_documents),
        "quantise": str(prepared.quantiser),
        "index": index.manifest["key"],
        "k": k,
    }


def collection_facts(queries: Any, split: str) -> dict[str, Any]:
    """Whose queries were searched with, where that is known."""
    from harness.vectors import vectors_facts

    path = getattr(queries, "path", None) if hasattr(queries, "packed") else queries
    if hasattr(queries, "queries") and hasattr(queries, "name"):
        return {"test collection": {"name": queries.name, "split": split}}
    facts = vectors_facts(Path(path)) if isinstance(path, str | Path) else {}
    if not facts.get("dataset"):
        return {}
    return {"test collection": {"name": facts["dataset"]["name"], "split": facts.get("split")}}
