"""Results on disk that can be trusted: built aside, synced, renamed, and only then complete."""

from ground.artifacts.begun import note_begun, noting_begun
from ground.artifacts.digests import digest, file_digest, folder_bytes, provenance
from ground.artifacts.files import atomic_binary, atomic_text, write_json
from ground.artifacts.fixed import content, is_being_filled
from ground.artifacts.folders import (
    Building,
    atomic_folder,
    building,
    is_begun,
    scratch_folder,
)
from ground.artifacts.free import check_free, check_free_for
from ground.artifacts.journal_file import sync
from ground.artifacts.journals import check_new, discard, is_unfinished, settle, sweep, together
from ground.artifacts.leaving import clear
from ground.artifacts.manifest import is_complete, read_manifest
from ground.artifacts.names import MANIFEST, SCHEMA
from ground.artifacts.naming import file_name, file_names
from ground.artifacts.places import check_file, check_folder, check_together
from ground.artifacts.recovery import recover
from ground.artifacts.trouble import OutputError, explain, output_errors
from ground.artifacts.usage import Usage
from ground.artifacts.verified import file_crc32, find_damage, matches, remember
from ground.artifacts.workfolder import clear_work, work_folder

__all__ = [
    "MANIFEST",
    "SCHEMA",
    "Building",
    "OutputError",
    "Usage",
    "atomic_binary",
    "atomic_folder",
    "atomic_text",
    "building",
    "check_file",
    "check_folder",
    "check_free",
    "check_free_for",
    "check_new",
    "check_together",
    "clear",
    "clear_work",
    "content",
    "digest",
    "discard",
    "explain",
    "file_crc32",
    "file_digest",
    "file_name",
    "file_names",
    "find_damage",
    "folder_bytes",
    "is_begun",
    "is_being_filled",
    "is_complete",
    "is_unfinished",
    "matches",
    "note_begun",
    "noting_begun",
    "output_errors",
    "provenance",
    "read_manifest",
    "recover",
    "remember",
    "scratch_folder",
    "settle",
    "sweep",
    "sync",
    "together",
    "work_folder",
    "write_json",
]
