"""Results on disk that can be trusted: built aside, synced, renamed, and only then complete.

Every folder that a command leaves behind holds a file ``MANIFEST`` (JSON; without an extension,
because Anserini's collections take any ``*.json`` for a document). A folder without one is
never read as a result.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import platform
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from harness.errors import InputError

MANIFEST = "MANIFEST"
SCHEMA = 1
_RECORDED_PACKAGES = ("esplade", "pyserini", "torch", "transformers", "ir_measures", "numpy")


@dataclass
class Building:
    """A result under construction: write files under ``path``, facts into ``facts``."""

    path: Path
    facts: dict[str, Any] = field(default_factory=dict)


def digest(value: Any) -> str:
    """SHA-256 (hex) of a value's canonical JSON: equal configurations have equal digests."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def file_digest(*paths: Path) -> str:
    """SHA-256 (hex) of the bytes of some files, one after the other."""
    state = hashlib.sha256()
    for path in paths:
        with path.open("rb") as stream:
            while block := stream.read(1 << 20):
                state.update(block)
    return state.hexdigest()


def provenance() -> dict[str, Any]:
    """What made a result: command, time, platform, and the versions that matter."""
    versions = {}
    for name in _RECORDED_PACKAGES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return {
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": [Path(sys.argv[0]).name, *sys.argv[1:]],
        "python": platform.python_version(),
        "platform": platform.platform(),
        "versions": versions,
    }


def is_complete(path: Path, kind: str, key: str | None = None) -> bool:
    """Whether ``path`` is a finished result of this kind (and, if given, of this key)."""
    try:
        manifest = read_manifest(path, kind)
    except InputError:
        return False
    return key is None or manifest.get("key") == key


def read_manifest(path: Path, kind: str) -> dict[str, Any]:
    """Read the manifest of a finished result.

    Raises:
        InputError: the folder is missing, unfinished, of another kind, or from a newer version.
    """
    try:
        manifest = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        what = "does not exist" if not path.exists() else f"has no {MANIFEST} file"
        raise InputError(
            f"{path} {what}, so it is not a finished {kind} of esplade's. "
            f"Give the folder that the command before this one wrote, or run that command again."
        ) from None
    except (ValueError, OSError) as error:
        raise InputError(
            f"{path / MANIFEST} cannot be read ({error}). Build this {kind} again."
        ) from None
    if not isinstance(manifest, dict) or manifest.get("kind") != kind:
        found = manifest.get("kind") if isinstance(manifest, dict) else None
        raise InputError(f"{path} holds {found or 'something else'}, where {kind} is needed.")
    if manifest.get("schema", 0) > SCHEMA:
        raise InputError(f"{path} was written by a newer esplade. Upgrade, or build it again.")
    return manifest


def check_free(out: Path, kind: str, overwrite: bool) -> None:
    """Refuse an output folder that holds anything that must not be lost.

    Raises:
        InputError: the folder holds a finished result and ``overwrite`` is off, or files that
            are not a result of this kind (those are never replaced).
    """
    if not out.exists():
        return
    if not out.is_dir():
        raise InputError(f"{out} is a file, where a folder for {kind} is needed.")
    if not any(out.iterdir()):
        return
    if not is_complete(out, kind):
        raise InputError(
            f"{out} holds files that are not esplade's {kind}; they are left alone. "
            f"Choose another output folder, or empty this one."
        )
    if not overwrite:
        raise InputError(
            f"{out} holds a finished result already. Add --overwrite to replace it, "
            f"or choose another output folder."
        )


@contextmanager
def building(
    out: Path, kind: str, *, key: str | None = None, overwrite: bool = False, resume: bool = False
) -> Iterator[Building]:
    """Build a result folder so that it appears whole or not at all.

    Args:
        out: where the finished folder goes.
        kind: what it is; readers ask for it by this name.
        key: digest of inputs and configuration, stored in the manifest.
        overwrite: replace a finished result of the same kind.
        resume: keep the unfinished files of a killed build with the same key, for the
            caller to go on from; otherwise they are removed.

    Yields:
        The folder to write to (a sibling of ``out``) and the facts for its manifest.

    Raises:
        InputError: ``out`` is not free (see `check_free`).
    """
    _put_back(out)
    check_free(out, kind, overwrite)
    out.parent.mkdir(parents=True, exist_ok=True)
    partial = _partial_folder(out, key if resume else None)
    _remove_leftovers(out, keep=partial)
    partial.mkdir(exist_ok=True)
    build = Building(partial)
    try:
        yield build
    except BaseException as error:
        if not resume or isinstance(error, InputError):
            shutil.rmtree(partial, ignore_errors=True)
        raise
    manifest = {"schema": SCHEMA, "kind": kind, "key": key, **build.facts, **provenance()}
    with atomic_text(partial / MANIFEST) as stream:
        json.dump(manifest, stream, indent=1, ensure_ascii=False)
        stream.write("\n")
    _replace_folder(partial, out)


@contextmanager
def atomic_text(path: Path) -> Iterator[TextIO]:
    """Write a text file (UTF-8) that appears whole or not at all."""
    with atomic_binary(path) as binary:
        stream = io.TextIOWrapper(binary, encoding="utf-8", newline="\n", write_through=True)
        yield stream
        stream.detach()


@contextmanager
def atomic_binary(path: Path) -> Iterator[BinaryIO]:
    """Write a file that appears whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial-{os.getpid()}")
    try:
        with partial.open("wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Write a JSON file that appears whole or not at all."""
    with atomic_text(path) as stream:
        json.dump(value, stream, indent=1, ensure_ascii=False)
        stream.write("\n")


def folder_bytes(path: Path) -> int:
    """Total size in bytes of the files below a folder."""
    return sum(f.stat().st_size for f in path.rglob("*") if f.is_file())


def _partial_folder(out: Path, key: str | None) -> Path:
    mark = f"key-{key[:16]}" if key else str(os.getpid())
    return out.with_name(f".{out.name}.partial-{mark}")


def _remove_leftovers(out: Path, keep: Path) -> None:
    """Remove what killed builds of ``out`` left, but nothing a live process is writing."""
    for leftover in out.parent.glob(f".{out.name}.partial-*"):
        mark = leftover.name.rpartition("-")[2]
        if leftover == keep or (mark.isdigit() and _alive(int(mark))):
            continue
        shutil.rmtree(leftover, ignore_errors=True)


def _put_back(out: Path) -> None:
    """Restore the finished result that a process was replacing when it was killed."""
    for old in sorted(out.parent.glob(f".{out.name}.partial-old-*")):
        if not out.exists() and not _alive(int(old.name.rpartition("-")[2])):
            old.rename(out)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _replace_folder(partial: Path, out: Path) -> None:
    for file in partial.rglob("*"):
        if file.is_file():
            _sync(file)
    old = out.with_name(f".{out.name}.partial-old-{os.getpid()}")
    if out.exists():
        out.rename(old)
    partial.rename(out)
    _sync(out.parent)
    shutil.rmtree(old, ignore_errors=True)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
