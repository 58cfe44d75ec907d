"""Folders that are results: built aside, synced, renamed, and only then complete."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ground.artifacts import fixed, replacing
from ground.artifacts.begun import forget_begun, note_begun
from ground.artifacts.claims import claimed
from ground.artifacts.free import check_free
from ground.artifacts.journal_file import sync
from ground.artifacts.leaving import Place, sweep
from ground.artifacts.leftovers import discard, partial_path, remove
from ground.artifacts.manifest import write_manifest
from ground.artifacts.places import check_folder
from ground.artifacts.recovery import put_back
from ground.artifacts.trouble import OutputError, output_errors
from ground.artifacts.usage import Usage
from ground.dry import refuse
from ground.errors import InputError


@dataclass
class Building:
    """A result under construction: write files under ``path``, facts into ``facts``."""

    path: Path
    facts: dict[str, Any] = field(default_factory=dict)


@contextmanager
def building(
    out: Path, kind: str, *, key: str | None = None, overwrite: bool = False, resume: bool = False
) -> Iterator[Building]:
    """Build a result folder so that it appears whole or not at all.

    Its manifest says what the block took (``resources``, see `ground.artifacts.usage`); of a build
    that was killed, what the last process took.

    Args:
        out: where the finished folder goes; links to folders are followed, and stay.
        kind: what it is; readers ask for it by this name.
        key: digest of inputs and configuration, stored in the manifest.
        overwrite: replace a finished result of the same kind.
        resume: keep the unfinished files of a killed build with the same key, for the
            caller to go on from; otherwise they are removed.

    Yields:
        The folder to write to (a sibling of ``out``) and the facts for its manifest.

    Raises:
        InputError: ``out`` is not free (see `check_free`), or another process is building it.
        OutputError: it cannot be written, by a full disk for instance.
    """
    refuse(out)
    check_folder(out)
    place = Place.of(out)
    partial = partial_path(place.home, key if resume else None)
    with output_errors(out, partial):
        place.out.parent.mkdir(parents=True, exist_ok=True)
        with claimed(out, place.lock):
            check_free(out, kind, overwrite)
            sweep(place.home, {partial, fixed.source(place.out)})
            if resume and replacing.is_replaced(partial, key):
                discard(partial, place.home)
            partial.mkdir(exist_ok=True)
            if resume:
                note_begun(partial)
            build, began = Building(partial), Usage.now()
            try:
                yield build
                facts = {**build.facts, "resources": began.since()}
                forget_begun(partial)
                write_manifest(partial, kind, key, facts)
                _replace(partial, place)
            except BaseException as error:
                if not resume or _is_final(error):
                    remove(partial)
                raise


@contextmanager
def atomic_folder(out: Path) -> Iterator[Path]:
    """Fill a folder that appears whole or not at all, in the place of what is there.

    It is no result of ours with a manifest, but what other tools read: an encoder, for instance.

    Yields:
        The folder to write to, a sibling of ``out``.

    Raises:
        InputError: another process is writing it.
        OutputError: it cannot be written, by a full disk for instance.
    """
    refuse(out)
    check_folder(out)
    place = Place.of(out)
    partial = partial_path(place.home)
    with output_errors(out, partial):
        place.out.parent.mkdir(parents=True, exist_ok=True)
        with claimed(out, place.lock):
            put_back(place.out)
            sweep(place.home, {fixed.source(place.out)})
            partial.mkdir()
            try:
                yield partial
                _replace(partial, place)
            except BaseException:
                remove(partial)
                raise


def is_begun(out: Path, key: str) -> bool:
    """Whether a killed build with this key lies there, for the next one to go on from."""
    return partial_path(Place.of(out).home, key).is_dir()


def scratch_folder(out: Path, what: str) -> Path:
    """Where something may lie that is needed only while ``out`` is made; the caller removes it.

    If that process is killed, the next one that builds ``out`` does.
    """
    return partial_path(Place.of(out).home, what=what)


def _is_final(error: BaseException) -> bool:
    """Whether going on later is of no use: wrong input stays wrong, a full disk does not."""
    return isinstance(error, InputError) and not isinstance(error, OutputError)


def _replace(partial: Path, place: Place) -> None:
    for path in partial.rglob("*"):
        sync(path)
    sync(partial)
    out = place.out
    if place.fixed:
        fixed.fill(partial, out)
        return
    if not out.exists():
        partial.rename(out)
        sync(out.parent)
        return
    replacing.replace(partial, out)
