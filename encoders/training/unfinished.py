"""The settings of an unfinished training, which a later one must have as well to go on with it."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from encoders.training import processes
from ground.dry import is_dry
from ground.errors import InputError

SETTINGS = "settings.json"
_MEASURED = ("budget", "dev")
"""Settings that a fine-tuning measures of BM25 before it begins."""


def unfinished_folder(out: Path) -> Path:
    """Where the work of a training lies until its encoder is whole."""
    return out.absolute().with_name(f"{out.name}.unfinished")


def wanted_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings as they are read again from JSON."""
    found: dict[str, Any] = json.loads(json.dumps({**settings, "processes": processes.count()}))
    return found


def check_unfinished(out: Path, settings: Mapping[str, Any]) -> None:
    """Refuse a training whose work folder is of one with other settings; nothing is written.

    Raises:
        InputError: settings, or the number of processes, differ.
    """
    if not is_dry():
        check_settings(unfinished_folder(out), wanted_settings(settings))
        return
    # What is measured of BM25 first is not known in a dry run.
    wanted = {n: v for n, v in wanted_settings(settings).items() if n not in _MEASURED}
    check_settings(unfinished_folder(out), wanted, _MEASURED)


def check_settings(path: Path, wanted: Mapping[str, Any], but: Collection[str] = ()) -> None:
    """Compare the settings of a work folder with those that are wanted.

    Args:
        path: the folder; without settings it is no work folder yet.
        wanted: what `wanted_settings` gives.
        but: settings that are not compared.

    Raises:
        InputError: they differ, or cannot be read.
    """
    file = path / SETTINGS
    if not file.is_file():
        return
    try:
        found: Any = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        found = error
    if not isinstance(found, dict):
        raise InputError(
            f"{path} holds an unfinished training whose settings cannot be read from {file.name} "
            f"({found if isinstance(found, Exception) else 'it is no JSON object'}). Remove that "
            f"folder to start anew."
        )
    both = {*found, *wanted} - {*but}
    differing = sorted(k for k in both if found.get(k) != wanted.get(k))
    if differing:
        raise InputError(
            f"{path} holds an unfinished training with other settings ({', '.join(differing)}). "
            f"Remove that folder to start anew, or go on with the settings in {file}."
        )
