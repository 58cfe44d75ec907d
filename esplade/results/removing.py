"""Deleting results: only what is ours, nothing that is in use, nothing that lies there beside."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from fnmatch import fnmatch
from pathlib import Path

from esplade.results.finding import open_result
from esplade.results.result import Result
from ground.artifacts import MANIFEST
from ground.artifacts.claims import holding
from ground.artifacts.trouble import output_errors
from ground.errors import InputError

_HIDDEN = (".esplade.*", ".begun.json", ".*.partial-*", ".*.unfinished", "lost+found")
_OWN: dict[str, tuple[str, ...]] = {
    "vectors": (MANIFEST, "*.jsonl", "packed"),
    "index": (MANIFEST, "_*", "segments_*", "write.lock", "esplade"),
    "dataset": (MANIFEST, "*.jsonl", "*.json", "*.txt", "*.gz", "README.md", "qrels"),
    "sweep": ("sweep.json", "vectors", "indexes", "points", "table.*", "figure*", "report*"),
    "choice": (
        *("finding", "confirming", "searched", "indexes", "vectors", "choice.*", "front.*"),
        "report*",
    ),
    "study": (
        *("study.json", "stages.csv", "stages", "results", "report*", ".*lock"),
        *("*.csv", "perquery.parquet"),
    ),
    "recipe": (
        *("steps.json", "recipe.json", "vocab.txt", "emlm", "negatives.jsonl", "encoder", "sweep"),
        "*.unfinished",
    ),
    "encoder": (
        *("*.json", "*.safetensors", "*.jsonl", "*.py", "README.md", "recipe.toml", "history"),
        *("output_vocabulary.txt", "vocab.txt", "merges.txt", "[0-9]_*", "query*", "document*"),
    ),
    "run": ("run.txt*", "retrieval-metadata.yml"),
}
"""What a folder of each kind has in it: anything else is somebody's own."""
_MARKS = (MANIFEST, "sweep.json", "choice.json", "study.json", "steps.json", "training.json")


def remove_results(paths: Sequence[str | Path]) -> int:
    """Delete results, with what lies beside them and belongs to them.

    All are looked at before the first one goes. Each is renamed first, so that at no moment half
    of one looks like a finished result.

    Args:
        paths: of results; of an unfinished one where it was to be, or its hidden folder.

    Returns:
        How many bytes were freed.

    Raises:
        InputError: one is no result of esplade's, holds files that are not, is a link, or another
            process is at work on it.

    Example:
        >>> import esplade
        >>> vectors = esplade.Vectors.from_dicts({"d1": {"sort": 2.0}})
        >>> index = esplade.index(vectors, "unwanted")
        >>> esplade.remove_results(["unwanted"]) > 0
        True
    """
    chosen = [removable(path) for path in dict.fromkeys(map(Path, paths))]
    freed = 0
    for one in chosen:
        size = one.bytes
        _remove(one)
        freed += size
    return freed


def removable(path: Path) -> Result:
    """The result at a place, if it may be deleted.

    Raises:
        InputError: see `remove_results`.
    """
    if path.is_symlink():
        raise InputError(f"{path} is a link. Give what it leads to: {os.path.realpath(path)}.")
    found = open_result(path)
    for one in (found.path, *found.files):
        if held := holding(one):
            raise InputError(
                f"{path} is in use: another process holds {held}. Wait until it has ended."
            )
    for folder in found.files:
        if folder == found.path and folder.is_dir():
            _refuse_strangers(found.kind, folder)
    return found


def _refuse_strangers(kind: str, folder: Path) -> None:
    own = (*_HIDDEN, *_OWN.get(kind, ()))
    names = sorted(os.listdir(folder))
    strange = [name for name in names if not any(fnmatch(name, pattern) for pattern in own)]
    if strange:
        more = f" and {len(strange) - 3} more" if len(strange) > 3 else ""
        raise InputError(
            f"{folder} holds what esplade did not write there: {', '.join(strange[:3])}{more}. "
            f"Move that elsewhere; then give the same command again."
        )


def _remove(result: Result) -> None:
    from ground.artifacts.removing import remove_files, remove_folder

    first, *others = result.files
    if first.is_file():
        remove_files(first, others)
        return
    for folder in result.files:
        if folder == result.path:
            remove_folder(folder, _MARKS)
            continue
        # What is unfinished looks like nothing else: it only has to go.
        with output_errors(folder):
            shutil.rmtree(folder)
    _tidy(result.path)


def _tidy(place: Path) -> None:
    """What lies beside a folder that is gone: a half-done replacement, a lock of a dead process."""
    from ground.artifacts import clear

    clear(place)
