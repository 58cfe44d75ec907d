"""A result of one file, built in this process or in one that is killed."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from ground.artifacts import (
    building,
)


def build(out: Path, content: str = "x", **options: Any) -> None:
    with building(out, "thing", **options) as result:
        (result.path / "file").write_text(content)


def build_killed(at: int, below: Path, out: Path | None = None, **options: Any) -> bool:
    """Build in a process that dies at its n-th change of a file in a folder; whether it did."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    count = 0

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal count
        if event in ("os.rename", "os.remove", "os.rmdir") and str(below) in str(arguments[0]):
            count += 1
            if count == at:
                os._exit(9)

    sys.addaudithook(hook)
    try:
        build(out or below, "new", **options)
    finally:
        os._exit(0)
