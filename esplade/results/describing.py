"""All that is known of a result: what its own files say, under their own names."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from esplade.results.finding import open_result
from esplade.results.kinds import METADATA
from esplade.results.reading import inner, json_of, yaml_of
from esplade.results.result import Result
from ground.artifacts.begun import read_begun
from ground.artifacts.manifest import peek_manifest

Facts = dict[str, Any]


def describe_result(given: Result | str | Path) -> Facts:
    """All that is known of a result: settings, versions, digests, counts, what it took.

    Args:
        given: of `esplade.find_results`, or a path.

    Returns:
        `Result.to_dict`, ``command`` (as it was given, without tokens and passwords; None where it
        is not recorded), and what the files of the result say.

    Raises:
        InputError: nothing of esplade's is there.

    Example:
        >>> import esplade
        >>> vectors = esplade.Vectors.from_dicts({"d1": {"sort": 2.0, "list": 1.0}})
        >>> index = esplade.index(vectors, "described", dk=1)
        >>> esplade.describe_result("described")["manifest"]["pruned"]
        1
    """
    result = given if isinstance(given, Result) else open_result(given)
    more = _SAID[result.kind](result.path) if result.kind in _SAID else {}
    if not result.path.exists():
        more = {}
    found = {**result.to_dict(), "command": _command(result, more), **more}
    return {name: value for name, value in found.items() if name not in more or value}


def _command(result: Result, more: Mapping[str, Any]) -> str | None:
    """The words of the command, quoted for a shell."""
    noted = [read_begun(folder) for folder in (result.path, *result.files)]
    begun = next((one for one in noted if one), None)
    if begun is not None:
        return shlex.join(begun.command)
    places = ("manifest", "newest_point", "training", "results")
    for record in (inner(more, name) for name in places):
        for holder in (record, inner(record, "made"), inner(record, "provenance")):
            if isinstance(holder.get("command"), list):
                return shlex.join(map(str, holder["command"]))
    executable = inner(inner(inner(more, "metadata"), "implementation"), "executable")
    return executable.get("cmd")


def _of_manifest(folder: Path) -> Facts:
    return {"manifest": peek_manifest(folder) or {}}


def _of_sweep(folder: Path) -> Facts:
    found = json_of(folder / "sweep.json")
    points = [point for point in found.get("points") or [] if isinstance(point, dict)]
    shown = [{k: one.get(k) for k in ("name", "system", "pruning", "created")} for one in points]
    manifests = [peek_manifest(folder / str(one.get("path") or "")) for one in points]
    known = [one for one in manifests if one]
    newest = max(known, key=lambda one: str(one.get("created")), default={})
    seconds = [inner(one, "resources").get("wall_seconds") or 0 for one in known]
    parts = {"points": shown, "seconds_of_points": round(sum(seconds), 3)}
    return {"subject": inner(found, "subject"), **parts, "newest_point": newest}


def _of_choice(folder: Path) -> Facts:
    answer = json_of(folder / "choice.json")
    said = {name: answer.get(name) for name in ("answer", "commands", "question")}
    halves = {part: _of_sweep(folder / part) for part in ("finding", "confirming")}
    return {**said, "newest_point": halves["finding"].pop("newest_point"), **halves}


def _of_study(folder: Path) -> Facts:
    results, study = json_of(folder / "results" / "study.json"), json_of(folder / "study.json")
    return {"study": study, "results": results} if results else {"results": study}


def _of_recipe(folder: Path) -> Facts:
    recipe, steps = json_of(folder / "recipe.json"), json_of(folder / "steps.json")
    return {"recipe": recipe, "steps": steps, "training": json_of(folder / "encoder/training.json")}


def _of_encoder(folder: Path) -> Facts:
    from encoders.checkpoints.folders import fingerprint
    from ground.errors import InputError

    if not folder.is_dir():
        return {}
    try:
        digest = fingerprint(folder)
    except InputError as error:
        digest = str(error)
    training, config = json_of(folder / "training.json"), json_of(folder / "config.json")
    return {"fingerprint": digest, "training": training, "config": config}


def _of_run(path: Path) -> Facts:
    if path.is_dir():
        return {"metadata": yaml_of(path / "retrieval-metadata.yml")}
    return {"metadata": yaml_of(path.with_name(path.name + METADATA))}


_SAID: dict[str, Callable[[Path], Facts]] = {
    "vectors": _of_manifest,
    "index": _of_manifest,
    "dataset": _of_manifest,
    "sweep": _of_sweep,
    "choice": _of_choice,
    "study": _of_study,
    "recipe": _of_recipe,
    "encoder": _of_encoder,
    "run": _of_run,
}
