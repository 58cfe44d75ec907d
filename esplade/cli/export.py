"""``esplade export``: an index in a format of other search engines."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from esplade.cli import options


def export(
    index: Annotated[Path, typer.Option("--index", help="Impact index.")],
    ciff: Annotated[Path, typer.Option(help="File to write; compressed if its name ends in .gz.")],
    overwrite: options.Overwrite = False,
    as_json: options.AsJson = False,
) -> None:
    """Write an impact index in the Common Index File Format, for PISA, BMP and others.

    Impacts become term frequencies. BMP takes at most 8 bits: index with --quantize bits:8.
    """
    import esplade
    from esplade.cli.console import answer
    from esplade.progress import say
    from ground.artifacts import check_file

    check_file(ciff, overwrite, [index])
    with esplade.Index.open(index) as opened:
        counts = opened.export(ciff, overwrite=overwrite)
    if as_json:
        answer({"ciff": str(ciff), **counts})
    else:
        say(f"{ciff}: " + ", ".join(f"{value:,} {name}" for name, value in counts.items()))
