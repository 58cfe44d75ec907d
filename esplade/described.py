"""How a run was retrieved, for its metadata."""

from __future__ import annotations

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
