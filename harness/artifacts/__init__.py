"""Results on disk that can be trusted: built aside, synced, renamed, and only then complete."""

from harness.artifacts.digests import digest, file_digest, folder_bytes, provenance
from harness.artifacts.files import atomic_binary, atomic_text, write_json
from harness.artifacts.fixed import content
from harness.artifacts.folders import Building, building, check_free, scratch_folder
from harness.artifacts.journals import check_new, discard, is_unfinished, settle, together
from harness.artifacts.manifest import is_complete, read_manifest
from harness.artifacts.names import MANIFEST, SCHEMA
from harness.artifacts.places import check_file, check_folder
from harness.artifacts.trouble import OutputError, explain, output_errors
from harness.artifacts.verified import file_crc32, find_damage, matches, remember
from harness.artifacts.workfolder import clear_work, work_folder

__all__ = [
    "MANIFEST",
    "SCHEMA",
    "Building",
    "OutputError",
    "atomic_binary",
    "atomic_text",
    "building",
    "check_file",
    "check_folder",
    "check_free",
    "check_new",
    "clear_work",
    "content",
    "digest",
    "discard",
    "explain",
    "file_crc32",
    "file_digest",
    "find_damage",
    "folder_bytes",
    "is_complete",
    "is_unfinished",
    "matches",
    "output_errors",
    "provenance",
    "read_manifest",
    "remember",
    "scratch_folder",
    "settle",
    "together",
    "work_folder",
    "write_json",
]
