"""The mean of encoders' weights."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from esplade.encoder import Encoder


def average(
    encoders: Sequence[str | Path],
    out: str | Path,
    *,
    share: Sequence[float] | None = None,
    half: bool = False,
    int8: bool = False,
    overwrite: bool = False,
) -> Encoder:
    """Average the weights of encoders that were fine-tuned from the same start.

    Args:
        encoders: their folders, two or more.
        out: folder of the mean.
        share: what each encoder counts, in their order; equal otherwise.
        half: save in half precision.
        int8: save matrices as 8-bit integers, a quarter of the room.
        overwrite: replace an encoder.

    Raises:
        InputError: encoders that are not alike; ``out`` is not free.
    """
    from encoders.training.averaging import average as mean
    from esplade.encoder import Encoder
    from esplade.progress import say
    from esplade.train.preparing import prepare

    folders, place = [Path(one) for one in encoders], Path(out)
    prepare(place, 0, overwrite, inputs=folders)
    shares = mean(folders, list(share or [1.0] * len(folders)), place, half=half, int8=int8)
    named = zip(folders, shares, strict=True)
    say(f"{place}: " + " + ".join(f"{value:.3g} {path.name}" for path, value in named))
    return Encoder(folder=place)
