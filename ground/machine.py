"""What this machine offers; light enough for `esplade doctor`, whatever is missing."""

from __future__ import annotations

import os
from pathlib import Path

from ground.errors import InputError

_ALWAYS = 8
"""Processes that may be asked for on any machine."""


def usable_processors() -> int:
    """Processors that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def cache_root() -> Path:
    """Where what can be made again is kept: ``$ESPLADE_CACHE`` or ``~/.cache/esplade``.

    Raises:
        RuntimeError: neither is there, as for a container's user without a name and HOME.
    """
    return Path(os.environ.get("ESPLADE_CACHE") or Path.home() / ".cache" / "esplade")


def calibrations() -> Path:
    """Where it is kept what machines take for a search; see `harness.calibration`.

    Raises:
        RuntimeError: as `cache_root`.
    """
    return cache_root() / "calibrations"


def check_workers(workers: int) -> None:
    """Refuse processes that could only wait for each other.

    Raises:
        InputError: many more than there are processors; each loads what it works with.
    """
    most = max(_ALWAYS, usable_processors())
    if workers > most:
        raise InputError(
            f"--workers {workers}: there are {usable_processors()} processors here, and every "
            f"process loads what it needs for itself. Ask for {usable_processors()}, and at most "
            f"{most}."
        )
