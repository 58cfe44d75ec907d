"""The file ``MANIFEST`` (JSON) of a result folder; without it, it is no result."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from harness.artifacts.names import MANIFEST, SCHEMA
from harness.artifacts.recovery import recover
from harness.errors import InputError


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
    recover(path)
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
