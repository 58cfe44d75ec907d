"""Calibrations on disk: one JSON file a machine, in the cache or wherever it was asked for."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any

from ground import machine
from ground.artifacts import digest, write_json
from ground.errors import InputError
from ground.reading import json_document
from harness import __version__
from harness.calibration.model import Calibration
from harness.lucene.build_kernel import manifest
from harness.lucene.jvm import search_software
from harness.runs.metadata import processor

_HERE = ("processor", "cores", "esplade", "kernel")
"""What is known of a machine without starting Java."""


def identity() -> dict[str, Any]:
    """What a calibration that is made now is of; Java is started."""
    software = search_software()
    return {**_known(), "java": software["java"], "lucene": software["lucene"]}


def own_path() -> Path:
    """Where this machine's calibration is kept.

    Raises:
        RuntimeError: there is no place for a cache.
    """
    known = _known()
    name = digest([known["processor"], known["cores"]])[:16]
    return machine.calibrations() / f"{name}.json"


def own_calibration() -> Calibration | None:
    """This machine's calibration, if it has one of the esplade that runs.

    Raises:
        InputError: the file is damaged.
    """
    try:
        path = own_path()
    except RuntimeError:
        return None
    if not path.exists():
        return None
    found = read_calibration(path)
    return found if all(found.machine[name] == _known()[name] for name in _HERE) else None


def read_calibration(path: Path) -> Calibration:
    """A calibration of any machine.

    Raises:
        InputError: there is no such file, or it is no calibration.
    """
    return Calibration.from_dict(json_document(path), str(path))


def write_calibration(path: Path, calibration: Calibration) -> None:
    """Write a calibration; it appears whole or not at all."""
    write_json(path, calibration.to_dict())


@cache
def _known() -> dict[str, Any]:
    kernel = manifest().get("Sources-SHA256", "")[:16]
    return {
        "processor": processor(),
        "cores": os.cpu_count(),
        "esplade": __version__,
        "kernel": kernel,
    }


def calibration_of(given: str | Path | None) -> Calibration | None:
    """The calibration to predict with: of a file, or this machine's own.

    Raises:
        InputError: the file is no calibration, or was made with another esplade.
    """
    if given is None:
        return own_calibration()
    found = read_calibration(Path(given))
    known = _known()
    if any(found.machine[name] != known[name] for name in ("esplade", "kernel")):
        raise InputError(
            f"{given} was calibrated with esplade {found.machine['esplade']} (kernel "
            f"{found.machine['kernel']}), and what is counted here is of esplade "
            f"{known['esplade']} (kernel {known['kernel']}). Calibrate that machine again."
        )
    return found
