"""Folders that are results: built aside, synced, renamed, and only then complete."""

from __future__ import annotations

import errno
from collections.abc import Iterable, Iterator, Set
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ground.artifacts import fixed
from ground.artifacts.claims import claimed
from ground.artifacts.journal_file import sync
from ground.artifacts.journals import real_file
from ground.artifacts.leftovers import (
    is_abandoned,
    leftovers,
    old_path,
    partial_path,
    remove,
)
from ground.artifacts.manifest import is_complete, read_manifest, write_manifest
from ground.artifacts.names import MANIFEST
from ground.artifacts.places import Named, check_folder
from ground.artifacts.recovery import put_back
from ground.artifacts.trouble import OutputError, output_errors
from ground.errors import InputError


@dataclass
class Building:
    """A result under construction: write files under ``path``, facts into ``facts``."""

    path: Path
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class _Place:
    """Where a folder is made and how it takes its place.

    Attributes:
        out: the folder itself, links followed.
        fixed: it cannot be renamed, so the new one is made inside of it.
    """

    out: Path
    fixed: bool

    @classmethod
    def of(cls, out: Path) -> _Place:
        real = real_file(out)
        return cls(real, fixed.stands_still(real))

    @property
    def home(self) -> Path:
        """Beside which the unfinished folders and the claim lie."""
        return fixed.home(self.out) if self.fixed else self.out

    @property
    def lock(self) -> Path:
        return self.home.with_name(f".{self.home.name}.partial-lock")


def check_free(out: Path, kind: str, overwrite: bool, inputs: Iterable[Named] = ()) -> None:
    """Check, before any work, that a result can go to a folder, and refuse to lose anything.

    Args:
        out: the folder.
        kind: what is to be there.
        overwrite: whether a finished result of this kind may be replaced.
        inputs: what the command reads.

    Raises:
        InputError: the folder holds a finished result and ``overwrite`` is off, or files that
            are not a result of this kind (those are never replaced); or see `check_folder`.
    """
    check_folder(out, inputs)
    put_back(real_file(out))
    if not out.exists() or not fixed.content(out) or fixed.is_being_filled(out):
        return
    if not is_complete(out, kind):
        raise InputError(
            f"{out} holds files that are not esplade's {kind}{_why(out, kind)}; they are left "
            f"alone. Choose another output folder, or empty this one."
        )
    if not overwrite:
        clear(out)
        raise InputError(
            f"{out} holds a finished result already. Add --overwrite to replace it, "
            f"or choose another output folder."
        )
    inner = [name for name in sorted(fixed.content(out)) if (out / name / MANIFEST).is_file()]
    if inner:
        raise InputError(
            f"{out} holds another finished result, {inner[0]}, which would be lost with it. Move "
            f"that one elsewhere, or choose another output folder."
        )


def _why(out: Path, kind: str) -> str:
    """Why a folder with a manifest is no result, in brackets; nothing where it has none."""
    if not (out / MANIFEST).is_file():
        return ""
    try:
        read_manifest(out, kind)
    except InputError as error:
        return f" ({str(error).partition('. ')[0]})"
    return ""


@contextmanager
def building(
    out: Path, kind: str, *, key: str | None = None, overwrite: bool = False, resume: bool = False
) -> Iterator[Building]:
    """Build a result folder so that it appears whole or not at all.

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
    check_folder(out)
    place = _Place.of(out)
    partial = partial_path(place.home, key if resume else None)
    with output_errors(out, partial):
        place.out.parent.mkdir(parents=True, exist_ok=True)
        with claimed(out, place.lock):
            check_free(out, kind, overwrite)
            _sweep(place.home, {partial, fixed.source(place.out)})
            partial.mkdir(exist_ok=True)
            build = Building(partial)
            try:
                yield build
                write_manifest(partial, kind, key, build.facts)
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
    check_folder(out)
    place = _Place.of(out)
    partial = partial_path(place.home)
    with output_errors(out, partial):
        place.out.parent.mkdir(parents=True, exist_ok=True)
        with claimed(out, place.lock):
            put_back(place.out)
            _sweep(place.home, {fixed.source(place.out)})
            partial.mkdir()
            try:
                yield partial
                _replace(partial, place)
            except BaseException:
                remove(partial)
                raise


def clear(out: Path) -> None:
    """Remove what a process left that was killed when its result was in its place already."""
    place = _Place.of(out)
    left = [path for path in leftovers(place.home) if is_abandoned(path)]
    if left or place.lock.exists():
        # Whoever can claim it is alone; an unfinished build of another key is not touched.
        with suppress(InputError, OSError), claimed(out, place.lock):
            for path in left:
                remove(path)


def scratch_folder(out: Path, what: str) -> Path:
    """Where something may lie that is needed only while ``out`` is made; the caller removes it.

    If that process is killed, the next one that builds ``out`` does.
    """
    return partial_path(_Place.of(out).home, what=what)


def _is_final(error: BaseException) -> bool:
    """Whether going on later is of no use: wrong input stays wrong, a full disk does not."""
    return isinstance(error, InputError) and not isinstance(error, OutputError)


def _sweep(home: Path, keep: Set[Path | None]) -> None:
    """Remove what killed builds left, but nothing a living process is writing.

    Whoever calls it has the claim, so that no other process goes on with them.
    """
    for leftover in leftovers(home):
        of_key = leftover.name.startswith(f".{home.name}.partial-key-")
        if leftover not in keep and (of_key or is_abandoned(leftover)):
            remove(leftover)


def _replace(partial: Path, place: _Place) -> None:
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
    old = old_path(out)
    try:
        out.rename(old)
    except OSError as error:
        if error.errno not in (errno.EBUSY, errno.EXDEV):
            raise
        fixed.fill(partial, out)  # a kind of mount that nothing told of
        return
    try:
        partial.rename(out)
    except OSError:
        old.rename(out)
        raise
    sync(out.parent)
    # Under another name first: what is half removed must never be put back.
    gone = partial_path(out)
    old.rename(gone)
    remove(gone)
