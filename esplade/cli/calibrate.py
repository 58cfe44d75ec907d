"""``esplade calibrate``: what this machine takes for each count of a search's work."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from esplade.cli import options

if TYPE_CHECKING:
    from harness.calibration import Calibration


def calibrate(
    out: Annotated[
        Path | None,
        typer.Option(help="File to write [this machine's own, in esplade's cache]."),
    ] = None,
    seconds: Annotated[
        float, typer.Option(min=1, help="About how long; in less than 60, of smaller collections.")
    ] = 60,
    as_json: options.AsJson = False,
) -> None:
    """Time searches of drawn collections, so that counts can be given in milliseconds.

    `esplade cost`, `sweep` and `compare` then show predicted times beside the exact counts, with
    the error on a collection that was held out. Do it on a quiet machine.
    """
    import esplade
    from esplade.cli.console import answer

    made = esplade.calibrate(out, seconds=seconds)
    if as_json:
        answer(made.to_dict())
        return
    _show(made)


def _show(made: Calibration) -> None:
    from harness.calibration.model import CONSTANT
    from harness.evaluation.work import COUNTS

    print(f"{'ns for each':<14}" + "".join(f"{name:>12}" for name in made.algorithms))
    for name in (CONSTANT, *COUNTS):
        times = (1e6 * fit.milliseconds[name] for fit in made.algorithms.values())
        print(f"{name:<14}" + "".join(f"{time:>12,.1f}" for time in times))
    for label, which in (("error, means", "of_points"), ("error, each", "of_queries")):
        errors = [getattr(fit, which) for fit in made.algorithms.values()]
        shown = (f"{one.median:.0%}, {one.p90:.0%}" for one in errors)
        print(f"{label:<14}" + "".join(f"{text:>12}" for text in shown))
    print(
        "error: median and 90th percentile of mean times, and of single queries, on a collection "
        "that was held out."
    )
