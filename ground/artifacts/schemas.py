"""What the manifests of each kind of result say, and of which type it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_COUNT = "a whole number, 0 or more"
_COUNT_OR_NONE = "a whole number, 0 or more, or null"
_TEXT = "a text"
_TEXT_OR_NONE = "a text or null"
_OBJECT = "an object"
_OBJECT_OR_NONE = "an object or null"
_CHECKSUMS = "an object of whole numbers"
_SHARDS = 'a list of {"name": text, "bytes": whole number}'

_ALL = {"schema": _COUNT, "kind": _TEXT, "key": _TEXT_OR_NONE, "resources": _OBJECT}
_INDEX = {
    "documents": _COUNT,
    "postings": _COUNT,
    "impact_sum": _COUNT,
    "tables": _CHECKSUMS,
    "tables_crc32": _COUNT,
}
_SCHEMAS: dict[str, dict[str, str]] = {
    "vectors": {
        "rows": _COUNT,
        "terms": _COUNT,
        "nnz": _COUNT,
        "shards": _SHARDS,
        "packed": _CHECKSUMS,
        "contents": _OBJECT,
        "lengths": _OBJECT_OR_NONE,
        "computing": _OBJECT_OR_NONE,
    },
    "impact index": {
        **_INDEX,
        "dk": _COUNT_OR_NONE,  # null where another rule than the largest weights prunes
        "prune": _TEXT,
        "quantise": _TEXT,
        "pruned": _COUNT,
        "quantisation": _OBJECT,
        "zero_weights": _COUNT,
        "empty_documents": _COUNT,
    },
    "text index": {
        **_INDEX,
        "analyzer": _TEXT,
        "language": _TEXT_OR_NONE,
        "fields": _TEXT,
        "contents": _OBJECT,
    },
}


def check_types(manifest: Mapping[str, Any], kind: str) -> str | None:
    """The first key whose value is of another type than a manifest of this kind has, in words.

    Keys that are not there are no fault here: older versions knew fewer.
    """
    for key, expected in {**_ALL, **_SCHEMAS.get(kind, {})}.items():
        if key in manifest and not _is(manifest[key], expected):
            found = repr(manifest[key])
            shown = found if len(found) <= 40 else f"{found[:40]}..."
            return f"{key!r} is {shown}, where {expected} is needed"
    return None


def _is(value: Any, expected: str) -> bool:
    if expected == _COUNT:
        return type(value) is int and value >= 0
    if expected == _COUNT_OR_NONE:
        return value is None or _is(value, _COUNT)
    if expected == _CHECKSUMS:
        return isinstance(value, dict) and all(_is(item, _COUNT) for item in value.values())
    if expected == _SHARDS:
        return isinstance(value, list) and all(_is_shard(item) for item in value)
    if value is None:
        return expected in (_TEXT_OR_NONE, _OBJECT_OR_NONE)
    return isinstance(value, str if expected in (_TEXT, _TEXT_OR_NONE) else dict)


def _is_shard(value: Any) -> bool:
    """A file directly in the folder, and its size."""
    if not isinstance(value, dict):
        return False
    name, size = value.get("name"), value.get("bytes")
    plain = isinstance(name, str) and name not in ("", ".", "..") and "/" not in name
    return plain and "\0" not in str(name) and _is(size, _COUNT)
