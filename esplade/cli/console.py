"""What a command answers on stdout; what it tells meanwhile is `esplade.progress`'s."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from esplade.progress import say

if TYPE_CHECKING:
    from harness.report.tables import Table


def remark(message: str) -> None:
    """Tell on stderr what the answer holds as well, unless the answer is on the same terminal."""
    if not (sys.stdout.isatty() and sys.stderr.isatty()):
        say(message)


def answer(value: Mapping[str, Any]) -> None:
    """Print one JSON object on stdout, for programs."""
    print(json.dumps(value, ensure_ascii=False, allow_nan=True))


def show_table(table: Table, format: str | None) -> None:
    """Print a table on stdout: in a format of `harness.report.renderings`, or for a terminal."""
    from harness.report.renderings import print_table, render

    if format is None:
        print_table(table)
    else:
        print(render(table, format), end="")
