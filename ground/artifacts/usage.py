"""What making a result took: seconds, processor seconds, memory."""

from __future__ import annotations

import resource
import sys
import time
from dataclasses import dataclass
from typing import Any

_UNIT = 1 if sys.platform == "darwin" else 1024
"""Of the largest resident memory, in bytes: macOS counts bytes, Linux kilobytes."""


@dataclass(frozen=True)
class Usage:
    """Resources of this process, Java in it, and its children that have ended.

    Attributes:
        wall: seconds of a clock that only rises.
        user: processor seconds in programs.
        system: processor seconds in the system.
    """

    wall: float
    user: float
    system: float

    @classmethod
    def now(cls) -> Usage:
        """What was used so far."""
        both = _both()
        user, system = sum(one.ru_utime for one in both), sum(one.ru_stime for one in both)
        return cls(time.monotonic(), user, system)

    def since(self) -> dict[str, Any]:
        """What was used since then, as manifests and metadata of runs have it.

        Returns:
            ``wall_seconds``, ``user_seconds``, ``system_seconds``; and ``peak_bytes``, the largest
            resident memory of this process, or of a child, from its start on: no system tells
            that of a stage.
        """
        after = Usage.now()
        return {
            "wall_seconds": round(after.wall - self.wall, 3),
            "user_seconds": round(after.user - self.user, 3),
            "system_seconds": round(after.system - self.system, 3),
            "peak_bytes": max(one.ru_maxrss for one in _both()) * _UNIT,
        }


def _both() -> tuple[resource.struct_rusage, resource.struct_rusage]:
    return resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
