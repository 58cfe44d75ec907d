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
    overwrite: options.Overwrite = False,
) -> None:
    """Average the weights of encoders that were fine-tuned from the same start."""
    from encoders.checkpoints.averaging import average as mean
    from esplade.cli.console import say
    from esplade.cli.training import prepare

    prepare(out, 0, overwrite, inputs=encoders)
    shares = mean(encoders, share or [1.0] * len(encoders), out, half=half)
    named = zip(encoders, shares, strict=True)
    say(f"{out}: " + " + ".join(f"{value:.3g} {path.name}" for path, value in named))
