"""What this machine offers; light enough for `esplade doctor`, whatever is missing."""

from __future__ import annotations

import os


def usable_processors() -> int:
    """Processors that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
