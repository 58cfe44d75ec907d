"""What may be looked up on a hub: nothing that the user did not name, and nothing unasked."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from ground.errors import InputError

OFFLINE = "HF_HUB_OFFLINE"
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9_][\w.-]*")
"""An owner and a name, as the hub has them: ``naver/splade-v3``."""
_REVISION = re.compile(r"[A-Za-z0-9_][\w./-]*")
_ours = False
"""Whether it was us who switched the hub off in this process."""


class HubName(NamedTuple):
    """A model on the hub.

    Attributes:
        repo: ``owner/name``.
        revision: a branch, a tag, or a commit in full.
    """

    repo: str
    revision: str = "main"

    def __str__(self) -> str:
        return self.repo if self.revision == "main" else f"{self.repo}@{self.revision}"

    @property
    def short(self) -> str:
        """What tables call it, which is a name of a folder as well: revisions are told apart."""
        name = self.repo.rpartition("/")[2]
        if self.revision == "main":
            return name
        commit = re.fullmatch("[0-9a-f]{40}", self.revision)
        return f"{name}@{self.revision[:8] if commit else self.revision.replace('/', '-')}"

    @classmethod
    def parse(cls, text: str) -> HubName | None:
        """Read ``owner/name`` or ``owner/name@revision``; None for what can be no such name."""
        repo, at, revision = text.partition("@")
        if not _NAME.fullmatch(repo) or ".." in repo or "--" in repo:
            return None
        if not at:
            return cls(repo)
        fits = _REVISION.fullmatch(revision) and ".." not in revision
        return cls(repo, revision) if fits else None


def offline() -> None:
    """Look nothing up on a hub that the user did not name; call it before transformers comes."""
    global _ours
    if OFFLINE not in os.environ:
        os.environ[OFFLINE] = "1"
        _ours = True


@contextmanager
def reaching() -> Iterator[None]:
    """Let the hub be reached while the block runs, unless the user's environment forbids it.

    Raises:
        InputError: HF_HUB_OFFLINE or TRANSFORMERS_OFFLINE is set, and not by us.
    """
    from huggingface_hub import constants

    own = os.environ.get(OFFLINE) if _ours else None
    for name in (OFFLINE, "TRANSFORMERS_OFFLINE"):
        said = os.environ.get(name, "")
        if said.lower() in ("1", "on", "yes", "true") and not (name == OFFLINE and _ours):
            raise InputError(
                f"--online asks the hub, but {name}={said} in the environment forbids it. Unset "
                f"{name}, or leave --online out and use what the local cache holds."
            )
    before = constants.HF_HUB_OFFLINE
    constants.HF_HUB_OFFLINE = False
    os.environ.pop(OFFLINE, None)
    try:
        yield
    finally:
        constants.HF_HUB_OFFLINE = before
        if own is not None:
            os.environ[OFFLINE] = own
