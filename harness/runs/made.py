"""What results were made of, in sentences that stand below tables and in metadata."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def analyzer_note(facts: Mapping[str, Any]) -> str | None:
    """Which analyzer BM25 had, and over what.

    Args:
        facts: of a text index's manifest, or a run's method: analyzer, language, fields.
    """
    name = facts.get("analyzer")
    if not isinstance(name, str) or not name:
        return None
    language = facts.get("language")
    short = name.rpartition(".")[2]
    of = f" ({language})" if language and language != name else ""
    if short == "StandardAnalyzer":
        of = " (words as they stand, no stemming)"
    fields = facts.get("fields")
    over = f" over {fields}" if isinstance(fields, str) and fields else ""
    return f"BM25 with Lucene's {short}{of}{over}."


def method_of(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """What a run's metadata says of the text index that was searched."""
    names = ("analyzer", "language", "fields")
    return {name: manifest[name] for name in names if manifest.get(name) is not None}


def rescored_note(method: Mapping[str, Any]) -> str | None:
    """That a run was found in two steps, and what its costs are then.

    Args:
        method: of the run's metadata.
    """
    rescored = method.get("rescored")
    if not isinstance(rescored, Mapping):
        return None
    return (
        f"Two steps: {rescored.get('candidates')} candidates, rescored with full vectors. Postings "
        f"and the index are those of step one; lookups are weights that step two reads."
    )
