"""Digests of configurations and files, and where a result came from."""

from __future__ import annotations

import hashlib
import json
import platform
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from ground.secrets import without_secrets

_RECORDED_PACKAGES = ("esplade", "pyserini", "torch", "transformers", "ir_measures", "numpy")
_more_words: ContextVar[tuple[str, ...]] = ContextVar("words beside the typed ones", default=())


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
        "command": given_command(),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "versions": versions,
    }


def given_command() -> list[str]:
    """The words of the command that this process was started with, without secrets.

    What a file of defaults gave stands among them as if it were typed.
    """
    typed = sys.argv[1:]
    place = typed.index("--") if "--" in typed else len(typed)
    words = [*typed[:place], *_more_words.get(), *typed[place:]]
    return [Path(sys.argv[0]).name, *map(without_secrets, words)]


@contextmanager
def with_words(words: Sequence[str]) -> Iterator[None]:
    """Record more words with the command than were typed, while the block runs."""
    token = _more_words.set(tuple(words))
    try:
        yield
    finally:
        _more_words.reset(token)


def folder_bytes(path: Path) -> int:
    """Total size in bytes of the files below a folder."""
    return sum(f.stat().st_size for f in path.rglob("*") if f.is_file())
