"""Results on disk that can be trusted: built aside, synced, renamed, and only then complete."""

from harness.artifacts.digests import digest, file_digest, folder_bytes, provenance
from harness.artifacts.files import atomic_binary, atomic_text, write_json
from harness.artifacts.folders import Building, building, check_free
from harness.artifacts.journals import check_new, discard, is_unfinished, settle, together
from harness.artifacts.manifest import MANIFEST, SCHEMA, is_complete, read_manifest

__all__ = [
    "MANIFEST",
    "SCHEMA",
    "Building",
    "atomic_binary",
    "atomic_text",
    "building",
    "check_free",
    "check_new",
    "digest",
    "discard",
    "file_digest",
    "folder_bytes",
    "is_complete",
    "is_unfinished",
    "provenance",
    "read_manifest",
    "settle",
    "together",
    "write_json",
]
