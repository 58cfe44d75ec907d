"""Folders that are results: built aside, synced, renamed, and only then complete."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.artifacts.claims import claimed
from harness.artifacts.digests import provenance
from harness.artifacts.files import write_json
from harness.artifacts.journals import sync
from harness.artifacts.leftovers import (
    is_abandoned,
    leftovers,
    old_path,
    partial_path,
    remove,
)
from harness.artifacts.manifest import MANIFEST, SCHEMA, is_complete, put_back
from harness.errors import InputError


@dataclass
class Building:
    """A result under construction: write files under ``path``, facts into ``facts``."""

    path: Path
    facts: dict[str, Any] = field(default_factory=dict)


def check_free(out: Path, kind: str, overwrite: bool) -> None:
    """Refuse an output folder that holds anything that must not be lost.

    Raises:
        InputError: the folder holds a finished result and ``overwrite`` is off, or files that
            are not a result of this kind (those are never replaced).
    """
    put_back(out)
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
    out.parent.mkdir(parents=True, exist_ok=True)
    with claimed(out, _lock(out)):
        check_free(out, kind, overwrite)
        partial = partial_path(out, key if resume else None)
        sweep(out, keep=partial)
        partial.mkdir(exist_ok=True)
        build = Building(partial)
        try:
            yield build
        except BaseException as error:
            if not resume or isinstance(error, InputError):
                shutil.rmtree(partial, ignore_errors=True)
            raise
        manifest = {"schema": SCHEMA, "kind": kind, "key": key, **build.facts, **provenance()}
        write_json(partial / MANIFEST, manifest)
        _replace(partial, out)


def sweep(out: Path, keep: Path) -> None:
    """Remove what killed builds of ``out`` left, but nothing a living process is writing.

    Whoever calls it has the claim to ``out``, so that no other process goes on with them.
    """
    for leftover in leftovers(out):
        of_key = leftover.name.startswith(f".{out.name}.partial-key-")
        if leftover != keep and (of_key or is_abandoned(leftover)):
            remove(leftover)


def _replace(partial: Path, out: Path) -> None:
    for path in partial.rglob("*"):
        sync(path)
    sync(partial)
    old = old_path(out)
    replaces = out.exists()
    if replaces:
        out.rename(old)
    partial.rename(out)
    sync(out.parent)
    if replaces:
        # Under another name first: what is half removed must never be put back.
        gone = partial_path(out)
        old.rename(gone)
        shutil.rmtree(gone, ignore_errors=True)


def _lock(out: Path) -> Path:
    return out.with_name(f".{out.name}.partial-lock")
