"""A hub without a network: models in folders, and a local cache as huggingface_hub lays it out."""

from __future__ import annotations

import fnmatch
import hashlib
import os
import socket
from pathlib import Path
from typing import Any

import huggingface_hub
import pytest
from huggingface_hub import constants

GENUINE = huggingface_hub.snapshot_download
COMMIT = "0123456789abcdef0123456789abcdef01234567"
OTHER_COMMIT = "fedcba9876543210fedcba9876543210fedcba98"


class FakeHub:
    """Models by name; what is asked for lands in the cache: refs, snapshots, blobs.

    Attributes:
        cache: the local cache.
        asked: (repository, revision, patterns) of every download.
        fails: raised by the next downloads.
    """

    def __init__(self, cache: Path) -> None:
        self.cache = cache
        self.asked: list[tuple[str, str, list[str]]] = []
        self.fails: Exception | None = None
        self._models: dict[tuple[str, str], tuple[Path, str]] = {}

    def publish(
        self, repo: str, folder: Path, commit: str = COMMIT, revision: str = "main"
    ) -> None:
        """Make a folder a model's state at a revision."""
        self._models[repo, revision] = self._models[repo, commit] = (folder, commit)

    def snapshot_download(
        self,
        repo_id: str,
        *,
        revision: str | None = None,
        local_files_only: bool = False,
        allow_patterns: list[str] | None = None,
        ignore_patterns: list[str] | None = None,
        **_: Any,
    ) -> str:
        """In the cache the genuine one looks; a download comes from the published folders."""
        if local_files_only:
            return GENUINE(
                repo_id,
                revision=revision,
                local_files_only=True,
                allow_patterns=allow_patterns,
                ignore_patterns=ignore_patterns,
            )
        assert not constants.HF_HUB_OFFLINE and "HF_HUB_OFFLINE" not in os.environ
        wanted = revision or "main"
        self.asked.append((repo_id, wanted, list(allow_patterns or ())))
        if self.fails is not None:
            raise self.fails
        folder, commit = self._models[repo_id, wanted]
        (folder / ".gitattributes").touch()  # every model on the hub has it
        names = [p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()]
        for name in names:
            allowed = any(fnmatch.fnmatch(name, one) for one in allow_patterns or ["*"])
            if allowed and not any(fnmatch.fnmatch(name, one) for one in ignore_patterns or ()):
                self._keep(repo_id, commit, name, (folder / name).read_bytes())
        if wanted != commit:
            ref = self.place(repo_id) / "refs" / wanted
            ref.parent.mkdir(parents=True, exist_ok=True)
            ref.write_text(commit)
        return str(self.place(repo_id) / "snapshots" / commit)

    def place(self, repo: str) -> Path:
        """The folder of a model in the cache."""
        return self.cache / f"models--{repo.replace('/', '--')}"

    def files(self, repo: str, commit: str = COMMIT) -> set[str]:
        """What of a model is in the cache."""
        snapshot = self.place(repo) / "snapshots" / commit
        return {p.relative_to(snapshot).as_posix() for p in snapshot.rglob("*") if p.is_file()}

    def _keep(self, repo: str, commit: str, name: str, content: bytes) -> None:
        blob = self.place(repo) / "blobs" / hashlib.sha256(content).hexdigest()
        blob.parent.mkdir(parents=True, exist_ok=True)
        blob.write_bytes(content)
        link = self.place(repo) / "snapshots" / commit / name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.unlink(missing_ok=True)
        link.symlink_to(os.path.relpath(blob, link.parent))


def fake_hub(folder: Path, monkeypatch: pytest.MonkeyPatch) -> FakeHub:
    """A hub for one test; connections fail it."""

    def connect(*arguments: Any) -> None:
        raise AssertionError(f"the network was used: {arguments[1:]}")

    hub = FakeHub(folder)
    monkeypatch.setattr(huggingface_hub, "snapshot_download", hub.snapshot_download)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(folder))
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    monkeypatch.delenv("TRANSFORMERS_OFFLINE", raising=False)
    monkeypatch.setattr("esplade.hub._ours", False)
    monkeypatch.setattr(socket.socket, "connect", connect)
    return hub
