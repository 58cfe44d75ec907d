"""What a folder or a file is, told by the files that only such a result has; nothing is changed.

A result that a recipe or a sweep made for itself is a part of it, and not looked at by itself.
"""

from __future__ import annotations

import dataclasses
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from esplade.results.reading import changed, inner, json_of, yaml_of
from esplade.results.result import BUSY, FINISHED, UNFINISHED, Result
from ground.artifacts.begun import BEGUN, read_begun
from ground.artifacts.claims import holding, is_held
from ground.artifacts.manifest import peek_manifest

Facts = Mapping[str, Any]
_MANIFESTS = {
    "vectors": "vectors",
    "impact index": "index",
    "text index": "index",
    "dataset": "dataset",
}
"""Kinds of results by the kinds in their manifests."""
METADATA = ".metadata.yaml"


def recognise(folder: Path) -> Result | None:
    """What a folder is; None if it is no result of ours."""
    for told in (_by_manifest, _sweep, _choice, _study, _recipe, _encoder, _tracked_run):
        if found := told(folder):
            return found
    return None


def recognise_run(path: Path) -> Result | None:
    """What a file is: a run, if its metadata beside it are ours."""
    block = yaml_of(path.with_name(path.name + METADATA))
    if not path.is_file() or not _is_ours(block):
        return None
    names = (path.name, path.name + METADATA, f"{path.name}.perquery.parquet")
    beside = map(path.with_name, names)
    return _run(path, block, tuple(one for one in beside if one.exists()))


def _by_manifest(folder: Path) -> Result | None:
    found = peek_manifest(folder)
    kind = None if found is None else _MANIFESTS.get(str(found.get("kind")))
    if found is None or kind is None:
        return None
    encoder, data = inner(found, "encoder"), inner(found, "dataset")
    name = encoder.get("name") or ("BM25" if found["kind"] == "text index" else None)
    own = folder.name if kind == "dataset" else None
    return Result(
        kind,
        folder,
        _state(folder),
        str(found.get("created") or changed(folder)),
        data.get("name") or own,
        found.get("split") or data.get("split"),
        (str(name),) if name else (),
        (folder,),
    )


def _sweep(folder: Path) -> Result | None:
    found = json_of(folder / "sweep.json")
    subject, points = inner(found, "subject"), found.get("points")
    if not isinstance(points, list):
        return None
    known = [point for point in points if isinstance(point, dict)]
    created = max((str(point.get("created") or "") for point in known), default="")
    systems = dict.fromkeys(str(point.get("system")) for point in known if point.get("system"))
    whole = bool(points) and (folder / "report.html").exists()
    return _grown("sweep", folder, whole, created, subject, tuple(systems))


def _choice(folder: Path) -> Result | None:
    halves = [_sweep(folder / part) for part in ("finding", "confirming")]
    found = next((half for half in halves if half), None)
    answer = json_of(folder / "choice.json")
    if found is None or not (answer or (folder / "indexes").is_dir() or _noted(folder)):
        return None
    subject = {"dataset": found.dataset, "split": (halves[1] or found).split}
    created = max(half.created for half in halves if half)
    return _grown("choice", folder, bool(answer), created, subject, found.systems)


def _study(folder: Path) -> Result | None:
    state = json_of(folder / "study.json")
    joined = {"config", "cells_done", "provenance"} <= state.keys()  # results alone, or of several
    if "config" not in state or not (joined or (folder / "stages.csv").is_file()):
        return None
    results = state if joined else json_of(folder / "results" / "study.json")
    made, data = inner(results, "provenance"), inner(results, "dataset")
    planned = inner(inner(state, "config"), "dataset")
    subject = {"dataset": data.get("name") or planned.get("path"), "split": planned.get("split")}
    words = made.get("command")
    command = words if isinstance(words, list) else None
    found = _grown(
        "study", folder, bool(results.get("complete")), str(made.get("created") or ""), subject,
        (str(state.get("name")),),
    )  # fmt: skip
    return _resumed(found, command)


def _recipe(folder: Path) -> Result | None:
    steps = json_of(folder / "steps.json")
    if not steps or not all(isinstance(one, dict) and "key" in one for one in steps.values()):
        return None
    recipe = json_of(folder / "recipe.json")
    whole = bool(recipe) and all(one.get("done") for one in steps.values())
    encoder = _encoder(folder / "encoder")
    created = encoder.created if encoder else ""
    data = {"dataset": Path(str(recipe["dataset"])).name if recipe.get("dataset") else None}
    return _grown("recipe", folder, whole, created, data, ())


def _encoder(folder: Path) -> Result | None:
    training = json_of(folder / "training.json")
    if not training or json_of(folder / "config.json").get("model_type") != "esplade":
        return None
    sources, made = inner(training, "sources"), inner(training, "made")
    data = inner(sources, "dataset")
    created = str(made.get("created") or changed(folder / "training.json"))
    name, split = data.get("name"), data.get("split")
    return Result(
        "encoder", folder, _state(folder), created, name, split, (folder.resolve().name,), (folder,)
    )


def _tracked_run(folder: Path) -> Result | None:
    """A run as `esplade export --lsr-benchmark` writes it."""
    block = yaml_of(folder / "retrieval-metadata.yml")
    return _run(folder, block, (folder,)) if _is_ours(block) else None


def _run(path: Path, block: Facts, files: tuple[Path, ...]) -> Result:
    method, data = inner(block, "method"), inner(inner(block, "data"), "test collection")
    system = method.get("system") or block.get("tag") or method.get("retrieval")
    created = inner(block, "implementation").get("created") or changed(path)
    systems = (str(system),) if system else ()
    state = BUSY if is_held(path.with_name(f".{path.name}.partial-lock")) else FINISHED
    return Result(
        "run", path, state, str(created), data.get("name"), data.get("split"), systems, files
    )


def _grown(
    kind: str, folder: Path, whole: bool, created: str, subject: Facts, systems: tuple[str, ...]
) -> Result:
    """A result that grows in its place, and has a note in it until it is whole."""
    noted = read_begun(folder)
    state = FINISHED if whole and noted is None else UNFINISHED
    busy = _is_busy(folder)
    return Result(
        kind,
        folder,
        BUSY if busy else state,
        created or changed(folder),
        subject.get("dataset"),
        subject.get("split"),
        systems,
        (folder,),
        None if busy or noted is None or state == FINISHED else noted.line,
    )


def _resumed(found: Result, command: list[str] | None) -> Result:
    """With the command that is recorded elsewhere than in a note."""
    if found.state != UNFINISHED or found.resume or not command:
        return found
    return dataclasses.replace(found, resume=shlex.join(map(str, command)))


def _noted(folder: Path) -> bool:
    return (folder / BEGUN).exists()


def _state(folder: Path) -> str:
    return BUSY if _is_busy(folder) else FINISHED


def _is_busy(folder: Path) -> bool:
    return holding(folder) is not None


def _is_ours(block: Facts) -> bool:
    implementation = inner(block, "implementation")
    return "esplade" in implementation and "executable" in implementation
