"""Looking for results below folders, finished ones and what killed commands left."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from esplade.results.kinds import METADATA, recognise, recognise_run
from esplade.results.reading import changed, json_of
from esplade.results.result import BUSY, KINDS, UNFINISHED, Result
from ground.artifacts.begun import read_begun
from ground.artifacts.claims import holding
from ground.errors import InputError

DEEPEST = 8
"""Folders below one another that are looked through."""
_NEVER = {"node_modules", "site-packages", "__pycache__"}
_ASIDE = re.compile(r"\.(?P<name>.+?)\.(?:partial-(?!lock$|old-).+|unfinished)")
_UNFINISHED = ".unfinished"


def find_results(
    folders: str | Path | Sequence[str | Path] = ".",
    *,
    kind: str | None = None,
    dataset: str | None = None,
) -> list[Result]:
    """Find results of esplade's, newest first.

    Hidden folders are left out, links are not followed, and no further down than 8 folders is
    looked. What a sweep, a choice or a study made for itself is a part of it.

    Args:
        folders: where to look, downwards; a result itself may be named.
        kind: only this kind: sweep, choice, study, recipe, encoder, vectors, index, run, dataset.
        dataset: only what is of this data set, by its name or by the end of its path.

    Raises:
        InputError: there is no such folder, or no such kind.
    """
    if kind is not None and kind not in KINDS:
        raise InputError(f"--kind {kind!r} is none of {', '.join(KINDS)}.")
    given = [folders] if isinstance(folders, str | Path) else list(folders)
    found: dict[str, Result] = {}
    for folder in map(Path, given):
        if not os.path.isdir(folder):
            raise InputError(f"There is no folder {folder} to look for results in.")
        for one in _below(folder, DEEPEST):
            found.setdefault(os.path.realpath(one.path), one)
    wanted = [one for one in found.values() if kind in (None, one.kind) and _is_of(one, dataset)]
    return sorted(wanted, key=lambda one: (one.created, str(one.path)), reverse=True)


def open_result(path: str | Path) -> Result:
    """What is at a place: a result, finished or not.

    Raises:
        InputError: nothing is there, or nothing of esplade's.
    """
    place = Path(path)
    found = recognise(place) if os.path.isdir(place) else recognise_run(place)
    found = found or next((one for one in _unfinished(place.parent) if _is_at(one, place)), None)
    if found is not None:
        return found
    if not os.path.lexists(place):
        raise InputError(f"There is no {place}. `esplade runs list` shows what there is.")
    raise InputError(
        f"{place} is no result of esplade's: it has no manifest of ours, and no metadata beside "
        f"it. `esplade runs list` shows what there is."
    )


def _is_at(result: Result, place: Path) -> bool:
    return place.name == result.path.name or any(place.name == one.name for one in result.files)


def _below(folder: Path, deep: int) -> Iterator[Result]:
    found = recognise(folder)
    if found is not None:
        yield found
        if found.kind != "recipe":  # a folder of results, each of use by itself
            return
    yield from _unfinished(folder)
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        path = folder / entry.name
        if entry.name.endswith(METADATA):
            if run := recognise_run(path.with_name(entry.name.removesuffix(METADATA))):
                yield run
        elif deep and _is_looked_into(entry):
            yield from _below(path, deep - 1)


def _is_looked_into(entry: os.DirEntry[str]) -> bool:
    name = entry.name
    if name.startswith(".") or name in _NEVER or name.endswith(_UNFINISHED):
        return False
    return entry.is_dir(follow_symlinks=False)


def _unfinished(folder: Path) -> Iterator[Result]:
    """What commands that were killed, or are at work, have left beside the places of results."""
    left: dict[str, list[Path]] = {}
    try:
        names = sorted(entry.name for entry in os.scandir(folder) if entry.is_dir())
    except OSError:
        return
    for name in names:
        if match := _ASIDE.fullmatch(name):
            left.setdefault(match["name"], []).append(folder / name)
        elif name.endswith(_UNFINISHED) and json_of(folder / name / "settings.json"):
            left.setdefault(name.removesuffix(_UNFINISHED), []).append(folder / name)
    for name, places in left.items():
        yield _left(folder / name, places)


def _left(path: Path, places: list[Path]) -> Result:
    begun = next((noted for one in places if (noted := read_begun(one))), None)
    busy = holding(path) is not None
    return Result(
        _meant(places),
        path,
        BUSY if busy else UNFINISHED,
        max(map(changed, places)),
        files=tuple(places),
        resume=None if busy or begun is None else begun.line,
    )


def _meant(places: Sequence[Path]) -> str:
    """What was to become of it."""
    for one in places:
        if one.name.endswith(_UNFINISHED):
            return "run" if one.name.startswith(".") else "encoder"
        if (one / "packed").is_dir():
            return "vectors"
        if (one / "esplade").is_dir() or any(one.glob("segments_*")):
            return "index"
    return ""


def _is_of(result: Result, dataset: str | None) -> bool:
    if dataset is None:
        return True
    own, asked = result.dataset or "", dataset.rstrip("/")
    return own == asked or (bool(own) and Path(own).name == Path(asked).name)
