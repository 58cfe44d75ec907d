"""``esplade average``: the mean of encoders' weights."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from esplade.cli import options


def average(
    encoders: Annotated[list[Path], typer.Argument(help="Folders of encoders, two or more.")],
    out: options.Out,
    share: Annotated[
        list[float] | None,
        typer.Option("--share", help="What each encoder counts, in their order [equal]."),
    ] = None,
    half: Annotated[bool, typer.Option("--half", help="Save in half precision.")] = False,
    int8: Annotated[
        bool,
        typer.Option("--int8", help="Save matrices as 8-bit integers: a quarter of the room."),
    ] = False,
    overwrite: options.Overwrite = False,
) -> None:
    """Average the weights of encoders that were fine-tuned from the same start."""
    from esplade import train

    train.average(encoders, out, share=share, half=half, int8=int8, overwrite=overwrite)
