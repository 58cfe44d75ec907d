"""This machine's calibration: made, kept, and used to predict what searches take."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ground.errors import InputError

if TYPE_CHECKING:
    from harness.calibration import Calibration

_LEAST = 1.0
_BUSY = 1.25
"""From here on the machine is called busy: a quiet one's passes differ by a tenth."""


def calibrate(
    out: str | Path | None = None, *, seconds: float = 60, overwrite: bool = True
) -> Calibration:
    """Find out what this machine takes for each count of a search's work.

    Drawn collections are searched by every algorithm, and the times of their queries are taken
    apart into a constant and a time for each term, posting, block, document and heap operation.
    With what is found, `esplade.Run.cost` and the tables of sweeps give milliseconds beside counts,
    with the error that such predictions have on a collection that was held out.

    Args:
        out: the JSON file to write; by default this machine's own in esplade's cache, where
            `esplade.Run.cost` and tables find it.
        seconds: about how long; with less than 60 the collections are smaller in proportion, and
            predictions of large indexes worse.
        overwrite: replace a calibration that is there.

    Raises:
        InputError: less than a second; the file cannot be written there.

    Example:
        >>> import esplade
        >>> made = esplade.calibrate("machine.json", seconds=3)
        >>> made.documents
        3000
    """
    from esplade.progress import progress, say
    from ground.artifacts import check_file
    from harness.calibration.kept import own_path, write_calibration
    from harness.calibration.making import calibrate_machine

    if not seconds >= _LEAST:
        raise InputError(f"--seconds {seconds:g}: nothing can be timed in less than {_LEAST:g} s.")
    path = _place(own_path) if out is None else Path(out)
    check_file(path, overwrite)
    with progress("Calibrating") as advance:
        made = calibrate_machine(seconds, advance)
    write_calibration(path, made)
    say(f"{path}: {made.named()}.")
    if made.busy > _BUSY:
        say(
            f"Other processes had a part of the machine: searches took {made.busy:g} times their "
            f"undisturbed time. Calibrate again when it is quiet."
        )
    return made


def _place(own: Any) -> Path:
    try:
        path: Path = own()
    except RuntimeError:
        raise InputError(
            "There is no home folder to keep the calibration in. Set ESPLADE_CACHE to a folder, or "
            "say where it goes with --out."
        ) from None
    return path
