"""The file ``MANIFEST`` (JSON) of a result folder; without it, it is no result.

It holds a digest of its own content, so that a value that was edited or damaged is not believed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ground.artifacts.digests import digest, provenance
from ground.artifacts.files import write_json
from ground.artifacts.names import MANIFEST, SCHEMA
from ground.artifacts.recovery import recover
from ground.artifacts.schemas import check_types
from ground.errors import InputError

_SEAL = "manifest_digest"


class Manifest(dict[str, Any]):
    """What a manifest says; asking for what it should say and does not is an error in words.

    Attributes:
        path: the file.
    """

    def __init__(self, content: Mapping[str, Any], path: Path) -> None:
        super().__init__(content)
        self.path = path

    def __missing__(self, key: str) -> Any:
        raise InputError(
            f"{self.path} does not say {key!r}, which is needed here. It was changed, or written "
            f"by an older version: build that {self.get('kind', 'result')} again."
        )


def is_complete(path: Path, kind: str, key: str | None = None) -> bool:
    """Whether ``path`` is a finished result of this kind (and, if given, of this key)."""
    try:
        manifest = read_manifest(path, kind)
    except InputError:
        return False
    return key is None or manifest.get("key") == key


def write_manifest(folder: Path, kind: str, key: str | None, facts: Mapping[str, Any]) -> None:
    """Write the manifest of a result, last of its files."""
    made = {"schema": SCHEMA, "kind": kind, "key": key, **facts, **provenance()}
    # As it will be read: JSON has no tuples, and no keys but strings.
    content = json.loads(json.dumps(made))
    write_json(folder / MANIFEST, {**content, _SEAL: digest(content)})


def read_manifest(path: Path, kind: str) -> dict[str, Any]:
    """Read the manifest of a finished result.

    Raises:
        InputError: the folder is missing, unfinished, of another kind, or from a newer version;
            the manifest was changed since it was written, or a value is of another type.
    """
    recover(path)
    file = path / MANIFEST
    try:
        manifest = json.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        what = "does not exist" if not path.exists() else f"has no {MANIFEST} file"
        raise InputError(
            f"{path} {what}, so it is not a finished {kind} of esplade's. "
            f"Give the folder that the command before this one wrote, or run that command again."
        ) from None
    except (ValueError, OSError, RecursionError) as error:
        raise InputError(f"{file} cannot be read ({error}). {_remedy(kind)}") from None
    if not isinstance(manifest, dict) or manifest.get("kind") != kind:
        found = manifest.get("kind") if isinstance(manifest, dict) else None
        what = str(found)[:60] if found else "something else"
        raise InputError(f"{path} holds {what}, where {kind} is needed.")
    seal = manifest.pop(_SEAL, None)
    if seal is not None and seal != _digest(manifest):
        raise InputError(
            f"{file} is not what was written: it was edited or damaged. {_remedy(kind)}"
        )
    version = manifest.get("schema", 0)
    if isinstance(version, int) and version > SCHEMA:
        raise InputError(f"{path} was written by a newer esplade. Upgrade, or build it again.")
    if wrong := check_types(manifest, kind):
        raise InputError(f"{file}: {wrong}. {_remedy(kind)}")
    return Manifest(manifest, file)


def peek_manifest(path: Path) -> dict[str, Any] | None:
    """What the manifest of any kind of result says, for whoever looks around; nothing is changed.

    Returns:
        Its content, with ``damaged`` where it is not what was written; None where a folder has no
        manifest of ours.
    """
    try:
        found = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or not {"schema", "kind", "key"} <= found.keys():
        return None
    seal = found.pop(_SEAL, None)
    if seal is not None and seal != _digest(found):
        found["damaged"] = True
    return found


def _digest(content: Mapping[str, Any]) -> str | None:
    try:
        return digest(content)
    except (ValueError, RecursionError):
        return None


def _remedy(kind: str) -> str:
    return f"Copy the folder ({kind}) again from where it came, or build it again."
