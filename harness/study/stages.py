"""A stage of a study: inputs and settings in, a folder out, under a name made of both.

So a changed setting makes new folders for what depends on it and for nothing else, and cells that
share a stage share its folder. A folder with a manifest is complete. Of some the large part
(weights) may be gone, once nothing needs it: then the stage still counts as done, and is done
again only for a stage that has come to need it.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ground.artifacts import digest, is_complete, read_manifest

WEIGHTS = "model/*.safetensors"
_HAS_WEIGHTS = ("start", "emlm", "finetune")
_VERSION = 1


class Busy(Exception):
    """Another process is at work on a stage."""


@dataclass(frozen=True, eq=False)
class Stage:
    """One stage; `make_stage` makes them.

    Attributes:
        kind: what is done, such as ``emlm``.
        label: for people.
        key: digest of the settings and of the keys of all that it needs.
        folder: where the result goes.
        settings: what it depends on besides other stages.
        needs: stages that come first, by the part they play.
        shape: what decides how long one unit takes.
        units: of work, such as steps.
        context: what is needed to do it and does not decide what comes out, such as paths.
    """

    kind: str
    label: str
    key: str
    folder: Path
    settings: dict[str, Any]
    needs: Mapping[str, Stage]
    shape: str
    units: int
    context: Any = None

    @property
    def done(self) -> bool:
        """Whether the result is there, with or without its weights."""
        return is_complete(self.folder, self.manifest_kind, self.key)

    @property
    def ready(self) -> bool:
        """Whether the result is there for another stage to use."""
        return self.done and (self.kind not in _HAS_WEIGHTS or bool(self.weights()))

    @property
    def manifest_kind(self) -> str:
        """The kind in the folder's manifest."""
        return f"study {self.kind}"

    def facts(self) -> dict[str, Any]:
        """The manifest of the finished stage."""
        return read_manifest(self.folder, self.manifest_kind)

    def weights(self) -> list[Path]:
        """The files that take the most room."""
        return list(self.folder.glob(WEIGHTS)) if self.kind in _HAS_WEIGHTS else []

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other processes from the stage.

        Raises:
            Busy: one of them has it.
        """
        path = self.folder.with_name(f".{self.folder.name}.lock")
        with file_lock(path, wait=False):
            yield


def make_stage(
    root: Path,
    kind: str,
    label: str,
    settings: dict[str, Any],
    needs: Mapping[str, Stage],
    shape: Any = None,
    units: int = 1,
    context: Any = None,
) -> Stage:
    """A stage in the folder that its settings and needs name."""
    key = digest([kind, _VERSION, settings, {name: need.key for name, need in needs.items()}])
    folder = root / "stages" / kind / key[:16]
    shape = digest([kind, shape])[:16]
    return Stage(kind, label, key, folder, settings, needs, shape, units, context)


@contextmanager
def file_lock(path: Path, *, wait: bool = True, shared: bool = False) -> Iterator[None]:
    """Hold a lock that ends with the process, however it ends.

    Raises:
        Busy: another process has it and ``wait`` is off.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    how = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    with path.open("a") as handle:
        try:
            fcntl.flock(handle, how if wait else how | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(str(path)) from None
        yield
